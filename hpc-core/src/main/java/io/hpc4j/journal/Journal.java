package io.hpc4j.journal;

import io.hpc4j.model.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of records in a folder of its own. Records are added in groups; a group is safe when
 * {@link #commit} returns. After a crash the file is read up to the last whole record of the last
 * group; a torn end is cut off. Owned by one thread at a time; its interruption does no harm.
 */
public final class Journal implements RecordSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

  /** What is written is safe when the call returns. An interruption would close a channel. */
  private static final String MODE = "rwd";

  private static final int SMALLEST_STEP = 64 << 10;
  private static final int LARGEST_STEP = 16 << 20;
  private static final int FULL_GROUP = 1 << 20;

  private final Path path;
  private final FolderLock lock;
  private RandomAccessFile file;
  private ByteBuffer group = ByteBuffer.allocate(1 << 16);
  private long written; // where the group begins
  private long safe;
  private long reserved;
  private long records;
  private @Nullable StoreException broken;
  private boolean closed;

  private Journal(Path path, FolderLock lock, RandomAccessFile file) {
    this.path = path;
    this.lock = lock;
    this.file = file;
  }

  /**
   * Opens the journal of a folder, or makes both.
   *
   * @param reader is given every record, in order; the buffer is its own only until it returns
   * @throws StoreException if it cannot be used; nothing was changed then
   */
  public static Journal open(Path folder, Consumer<ByteBuffer> reader) {
    Path path = folder.resolve("journal");
    try {
      Files.createDirectories(folder);
      FolderLock lock = FolderLock.take(folder);
      try {
        Files.deleteIfExists(folder.resolve("journal.new"));
        RandomAccessFile file = new RandomAccessFile(path.toFile(), MODE);
        try {
          Journal journal = new Journal(path, lock, file);
          journal.load(reader);
          return journal;
        } catch (IOException | RuntimeException e) {
          file.close();
          throw e;
        }
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.IO,
          "the store " + folder + " cannot be opened: " + e.getMessage(),
          e);
    }
  }

  private void load(Consumer<ByteBuffer> reader) throws IOException {
    byte[] start = new byte[(int) Math.min(FileHeader.SIZE, file.length())];
    file.readFully(start);
    if (FileHeader.isUnfinished(start)) {
      file.setLength(0);
      file.write(FileHeader.bytes());
      forceFolder();
    } else {
      FileHeader.check(start, path);
    }
    Scanner scanner = new Scanner(file, path);
    scanner.read(reader);
    if (scanner.torn) {
      LOG.warn(
          "{}: {} bytes of a group that was never complete are cut off at offset {}",
          path,
          file.length() - scanner.end,
          scanner.end);
    }
    if (file.length() > scanner.end) {
      file.setLength(scanner.end);
      file.getFD().sync();
    }
    records = scanner.records;
    written = scanner.end;
    safe = scanner.end;
    reserved = scanner.end;
  }

  /**
   * Adds a record to the present group.
   *
   * @throws StoreException if there is no space for it; it was not added then
   */
  @Override
  public void append(byte[] bytes, int offset, int length) {
    checkUsable();
    if (length <= 0 || length > Frame.LONGEST) {
      throw new IllegalArgumentException(
          "a record has 1 to " + Frame.LONGEST + " bytes: " + length);
    }
    int size = Frame.HEADER + length;
    setAside(written + group.position() + size);
    if (group.position() > 0 && group.position() + size > FULL_GROUP) {
      write();
    }
    if (group.remaining() < size) {
      ByteBuffer larger = ByteBuffer.allocate(Integer.highestOneBit(group.position() + size) * 2);
      group = larger.put(group.flip());
    }
    Frame.write(group, safe, bytes, offset, length);
    records++;
  }

  /** Makes sure that this many bytes can be added later; false if the disk is full. */
  public boolean reserve(long bytes) {
    try {
      setAside(written + group.position() + bytes);
      return true;
    } catch (StoreException e) {
      return false;
    }
  }

  /** Zeros are written now, so that a full disk shows before anything depends on the space. */
  private void setAside(long upTo) {
    if (upTo <= reserved) {
      return;
    }
    long step = Math.max(SMALLEST_STEP, Math.min(LARGEST_STEP, reserved));
    try {
      extend(Math.max(upTo, reserved + step));
    } catch (IOException e) {
      try {
        extend(upTo);
      } catch (IOException again) {
        throw new StoreException(
            StoreException.Kind.IO, path + " cannot grow: " + again.getMessage(), again);
      }
    }
  }

  private void extend(long upTo) throws IOException {
    byte[] zeros = new byte[(int) Math.min(1 << 20, upTo - reserved)];
    try {
      for (long at = reserved; at < upTo; at += zeros.length) {
        file.seek(at);
        file.write(zeros, 0, (int) Math.min(zeros.length, upTo - at));
      }
    } catch (IOException e) {
      file.setLength(reserved);
      throw e;
    }
    reserved = upTo;
  }

  private void write() {
    try {
      file.seek(written);
      file.write(group.array(), 0, group.position());
      written += group.position();
      safe = written;
      group.clear();
    } catch (IOException e) {
      throw breaks(e);
    }
  }

  /**
   * Makes the present group safe.
   *
   * @throws StoreException if that fails; what is in the file is not known then, and nothing more
   *     can be added
   */
  public void commit() {
    checkUsable();
    if (group.position() > 0) {
      write();
    }
  }

  private StoreException breaks(IOException e) {
    StoreException failure =
        new StoreException(
            StoreException.Kind.IO, path + " cannot be written: " + e.getMessage(), e);
    broken = failure;
    return failure;
  }

  private void checkUsable() {
    if (closed) {
      throw new IllegalStateException(path + " is closed");
    }
    if (broken != null) {
      throw new StoreException(StoreException.Kind.IO, String.valueOf(broken.getMessage()), broken);
    }
  }

  /** How many bytes there are, without space set aside. */
  public long size() {
    return written + group.position();
  }

  /** How many records there are. */
  public long records() {
    return records;
  }

  /**
   * Replaces all records, the present group included, by others. Until all of those are safe the
   * old ones stay.
   *
   * @throws StoreException if the new ones cannot be written; the old ones stay then
   */
  public void compact(Consumer<RecordSink> writer) {
    commit();
    Path fresh = path.resolveSibling("journal.new");
    try {
      RandomAccessFile next = new RandomAccessFile(fresh.toFile(), MODE);
      Journal copy = new Journal(fresh, lock, next);
      try {
        copy.load(record -> {});
        writer.accept(copy);
        copy.commit();
        Files.move(
            fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException | RuntimeException e) {
        next.close();
        Files.deleteIfExists(fresh);
        throw e;
      }
      forceFolder();
      file.close();
      file = next;
      written = copy.written;
      safe = copy.safe;
      reserved = copy.reserved;
      records = copy.records;
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.IO, fresh + " cannot be written: " + e.getMessage(), e);
    }
  }

  private void forceFolder() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Commits, gives back the space set aside, and lets another program open the folder. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      if (broken == null) {
        commit();
        file.setLength(written);
      }
    } catch (IOException e) {
      LOG.warn("{} keeps the space that was set aside", path, e);
    } finally {
      closed = true;
      try {
        file.close();
        lock.close();
      } catch (IOException e) {
        LOG.warn("{} was not closed", path, e);
      }
    }
  }
}
