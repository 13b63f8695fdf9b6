package io.hpc4j;

import io.hpc4j.journal.Journal;
import io.hpc4j.journal.RecordSink;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.StoreException;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Ended;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A client's own record of what it has submitted, in a folder: each request before it is sent, each
 * native id as it arrives, and that a job has ended; how, as long as an open job depends on it.
 * Thread-safe. One program at a time can use it.
 *
 * <p>With it {@link JobClient#resume()} goes on after a crash where the earlier program was: what
 * was being sent is looked for, and what needs the client, further attempts say, is carried on. The
 * local backend has a store of its own instead, which keeps the whole queue.
 */
public final class JobStore implements AutoCloseable {
  private static final long SMALLEST_TO_COMPACT = 4 << 20;

  private final Path folder;
  private final Map<String, Entry> open = new LinkedHashMap<>(); // by token
  private final Map<String, Ended> endings = new LinkedHashMap<>(); // by token
  private final Map<String, Integer> dependents = new LinkedHashMap<>(); // open ones, by token
  private @Nullable Journal journal;
  private long compactAt;

  /**
   * A job that has not ended, as far as the store knows.
   *
   * @param id its identity
   * @param request what was asked for
   * @param at when it was submitted
   * @param parts what the backend has accepted for it
   */
  record Entry(JobId id, JobRequest request, Instant at, List<Accepted> parts) {
    /** The tokens of the jobs that it depends on. */
    Stream<String> needs() {
      return request.dependencies().stream().map(d -> d.on().token()).distinct();
    }
  }

  private JobStore(Path folder, long compactAt) {
    this.folder = Objects.requireNonNull(folder, "folder");
    this.compactAt = compactAt;
  }

  /** Returns a store in a folder, which is made when it is first used. Does no I/O. */
  public static JobStore file(Path folder) {
    return new JobStore(folder, SMALLEST_TO_COMPACT);
  }

  /** Returns one that is written anew as soon as it has this many bytes, for tests. */
  static JobStore file(Path folder, long compactAt) {
    return new JobStore(folder, compactAt);
  }

  /**
   * The jobs that have not ended, in the order of their submission.
   *
   * @throws StoreException if the folder cannot be used
   */
  synchronized List<Entry> open() {
    Journal unused = journal();
    return open.values().stream()
        .map(e -> new Entry(e.id(), e.request(), e.at(), List.copyOf(e.parts())))
        .toList();
  }

  /** How those have ended that open jobs depend on. */
  synchronized List<Ended> endings() {
    Journal unused = journal();
    return List.copyOf(endings.values());
  }

  /** The open entry of a job. */
  synchronized @Nullable Entry find(JobId id) {
    Journal unused = journal();
    return open.get(id.token());
  }

  /** Whether an open job depends on this one. */
  synchronized boolean isNeeded(JobId id) {
    Journal unused = journal();
    return dependents.containsKey(id.token());
  }

  /** Whether it holds how a job has ended. */
  synchronized boolean hasEnding(JobId id) {
    Journal unused = journal();
    return endings.containsKey(id.token());
  }

  private Journal journal() {
    Journal known = journal;
    if (known == null) {
      forgetAll(); // what another program has written meanwhile counts
      known = Journal.open(folder, this::read);
      endings.keySet().retainAll(dependents.keySet());
      journal = known;
    }
    return known;
  }

  private void forgetAll() {
    open.clear();
    endings.clear();
    dependents.clear();
  }

  // ---- what is written

  /** Notes a submission, and how what it depends on has ended, safely, before anything is sent. */
  synchronized void submitting(JobId id, JobRequest request, Instant at, List<Ended> ended) {
    Entry entry = new Entry(id, request, at, new ArrayList<>());
    byte[] record = StoreRecords.submitting(entry); // which may be refused
    Journal to = journal();
    ended.forEach(one -> append(to, StoreRecords.ended(one)));
    append(to, record);
    to.commit();
    ended.forEach(one -> endings.put(one.id().token(), one));
    put(entry);
  }

  /** Notes a native job of a submission, safely. */
  synchronized void accepted(JobId id, Accepted part) {
    Journal to = journal();
    append(to, StoreRecords.accepted(id.token(), part));
    to.commit();
    add(id.token(), part);
  }

  /** Notes how a job has ended that others depend on; it is safe with what is written next. */
  synchronized void ended(Ended job) {
    append(journal(), StoreRecords.ended(job));
    endings.put(job.id().token(), job);
  }

  /** Notes that a job has ended or was never there; it is safe with what is written next. */
  synchronized void over(JobId id) {
    Journal to = journal();
    if (open.containsKey(id.token())) {
      append(to, StoreRecords.over(id.token()));
      remove(id.token());
      if (to.size() > compactAt) {
        to.compact(this::writeAll);
        compactAt = Math.max(compactAt, 2 * to.size());
      }
    }
  }

  private void writeAll(RecordSink sink) {
    endings.values().forEach(ended -> append(sink, StoreRecords.ended(ended)));
    for (Entry entry : open.values()) {
      append(sink, StoreRecords.submitting(entry));
      entry.parts().forEach(part -> append(sink, StoreRecords.accepted(entry.id().token(), part)));
    }
  }

  private static void append(RecordSink sink, byte[] record) {
    sink.append(record, 0, record.length);
  }

  // ---- what is known

  private void put(Entry entry) {
    open.put(entry.id().token(), entry);
    entry.needs().forEach(on -> dependents.merge(on, 1, Integer::sum));
  }

  private void add(String token, Accepted part) {
    Entry entry = open.get(token);
    if (entry != null) {
      entry.parts().add(part);
    }
  }

  private void remove(String token) {
    Entry entry = open.remove(token);
    if (entry != null) {
      entry.needs().forEach(this::needsNoMore);
    }
  }

  private void needsNoMore(String on) {
    if (dependents.computeIfPresent(on, (token, count) -> count == 1 ? null : count - 1) == null) {
      endings.remove(on);
    }
  }

  private void read(ByteBuffer record) {
    try {
      StoreRecords.read(
          record,
          new StoreRecords.Reader() {
            @Override
            public void submitting(Entry entry) {
              put(entry);
            }

            @Override
            public void accepted(String token, Accepted part) {
              add(token, part);
            }

            @Override
            public void over(String token) {
              remove(token);
            }

            @Override
            public void ended(Ended job) {
              endings.put(job.id().token(), job);
            }
          });
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, "the store " + folder + " holds what is no record: " + e, e);
    }
  }

  /** Makes safe what has been written, and lets another program use the folder. Idempotent. */
  @Override
  public synchronized void close() {
    if (journal != null) {
      journal.close();
      journal = null;
    }
  }

  @Override
  public String toString() {
    return "job store " + folder;
  }
}
