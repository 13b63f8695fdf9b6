package io.hpc4j.journal;

import io.hpc4j.model.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads a journal from its start to the last record that is whole. What follows is either space
 * that was set aside, or the torn end of a group that nobody was told of, or damage to what had
 * been safe; a later frame that knows better tells the last two apart.
 */
final class Scanner {
  private static final int WINDOW = 1 << 20;

  private final RandomAccessFile file;
  private final Path path;
  private final long length;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
  private long windowAt;

  /** How many records there are. */
  long records;

  /** Where the last whole record ends. */
  long end = FileHeader.SIZE;

  /** Whether something but zeros follows. */
  boolean torn;

  Scanner(RandomAccessFile file, Path path) throws IOException {
    this.file = file;
    this.path = path;
    length = file.length();
  }

  /** Reads all records. */
  void read(Consumer<ByteBuffer> reader) throws IOException {
    while (isFrame(end)) {
      int start = position(end);
      int size = window.getInt(start);
      reader.accept(
          window
              .duplicate()
              .position(start + Frame.HEADER)
              .limit(start + Frame.HEADER + size)
              .slice()
              .asReadOnlyBuffer());
      records++;
      end += Frame.HEADER + size;
    }
    checkRest();
  }

  private boolean isFrame(long at) throws IOException {
    if (!load(at, Frame.HEADER)) {
      return false;
    }
    int size = window.getInt(position(at));
    return Frame.isPlausible(size, window.getLong(position(at) + 8), at)
        && load(at, Frame.HEADER + size)
        && Frame.isSound(window, position(at), size);
  }

  private void checkRest() throws IOException {
    for (long at = end; at < length; at++) {
      if (at >= windowAt + window.limit() && !load(at, 1)) {
        return;
      }
      boolean zero = window.get(position(at)) == 0;
      torn |= !zero;
      // the length of a frame begins with zeros too, so that every offset has to be looked at
      if (torn || !zero || hasMore(at)) {
        refuseIfLaterFrameKnowsOfDamage(at);
      }
    }
  }

  private boolean hasMore(long at) throws IOException {
    return load(at, 4) && window.getInt(position(at)) != 0;
  }

  private void refuseIfLaterFrameKnowsOfDamage(long at) throws IOException {
    if (at > end && load(at, Frame.HEADER)) {
      int size = window.getInt(position(at));
      long safe = window.getLong(position(at) + 8);
      if (safe > end && Frame.isPlausible(size, safe, at) && isFrame(at)) {
        throw new StoreException(
            StoreException.Kind.CORRUPT,
            path
                + " is damaged at offset "
                + end
                + ", before records that are whole; restore it from"
                + " a copy, or move it away to begin anew",
            null);
      }
    }
  }

  private int position(long at) {
    return (int) (at - windowAt);
  }

  /** Makes the window cover these bytes; false if the file does not have them. */
  private boolean load(long at, int size) throws IOException {
    if (at >= windowAt && at + size <= windowAt + window.limit()) {
      return true;
    }
    if (at + size > length) {
      return false;
    }
    if (size > window.capacity()) {
      window = ByteBuffer.allocate(Integer.highestOneBit(size) * 2);
    }
    windowAt = at;
    file.seek(at);
    int want = (int) Math.min(window.capacity(), length - at);
    file.readFully(window.array(), 0, want);
    window.clear().limit(want);
    return true;
  }
}
