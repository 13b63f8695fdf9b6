package io.hpc4j.local.engine;

import io.hpc4j.journal.Journal;
import io.hpc4j.model.StoreException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The facts of all jobs, in a store or nowhere. What is written in an event is safe before anybody
 * is told of it. Owned by the loop.
 *
 * <p>Space for the ends of what runs is set aside before it starts; so a full disk keeps new work
 * out, and loses nothing.
 */
final class Ledger {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final long ROOM = 256 << 10;
  private static final long ROOM_FOR_EACH = 2 << 10;
  private static final long SMALLEST_TO_COMPACT = 16 << 20;

  private @Nullable Journal journal;
  private @Nullable FactWriter writer;
  private @Nullable StoreException broken;
  private long compactAt = SMALLEST_TO_COMPACT;

  void open(Path folder, Consumer<ByteBuffer> reader) {
    Journal opened = Journal.open(folder, reader);
    journal = opened;
    writer = new FactWriter(opened);
  }

  /** Whether something may be started: its start and all the ends could be written. */
  boolean hasRoom(int running) {
    return journal == null || (broken == null && journal.reserve(room(running)));
  }

  private static long room(int running) {
    return ROOM + ROOM_FOR_EACH * running;
  }

  /**
   * Writes a fact that nobody may believe unless it is written; it takes nothing of the space for
   * the ends of what runs.
   *
   * @throws StoreException if it cannot be
   */
  void require(int running, Consumer<FactWriter> fact) {
    check();
    Journal to = journal;
    if (to != null) {
      fact.accept(
          new FactWriter(
              (bytes, offset, length) -> {
                if (!to.reserve(length + room(running))) {
                  throw new StoreException(
                      StoreException.Kind.IO, "the disk under the store is full", null);
                }
                to.append(bytes, offset, length);
              }));
    }
  }

  /** Writes a fact. */
  void note(Consumer<FactWriter> fact) {
    if (writer != null && broken == null) {
      try {
        fact.accept(writer);
      } catch (StoreException e) {
        breaks(e);
      }
    }
  }

  /** Makes safe what has been written. */
  void commit() {
    if (journal != null && broken == null) {
      try {
        journal.commit();
      } catch (StoreException e) {
        breaks(e);
      }
    }
  }

  private void breaks(StoreException e) {
    LOG.error("the store cannot be written; nothing is accepted or started any more", e);
    broken = e;
  }

  /**
   * Checks that what has been written is safe.
   *
   * @throws StoreException if it is not
   */
  void check() {
    if (broken != null) {
      throw new StoreException(broken.kind(), String.valueOf(broken.getMessage()), broken);
    }
  }

  /** Writes all facts anew once most of the file may be of no use any more. */
  void compactIfLarge(Consumer<FactWriter> all) {
    if (journal != null && journal.size() > compactAt) {
      compact(all);
    }
  }

  /** Writes all facts anew. */
  void compact(Consumer<FactWriter> all) {
    if (journal != null && broken == null) {
      try {
        journal.compact(sink -> all.accept(new FactWriter(sink)));
      } catch (StoreException e) {
        LOG.warn("the store was not compacted; it goes on as it is", e);
      }
      compactAt = Math.max(SMALLEST_TO_COMPACT, 2 * journal.size());
    }
  }

  void close() {
    if (journal != null) {
      journal.close();
      journal = null;
      writer = null;
    }
  }
}
