package io.hpc4j.journal;

import io.hpc4j.model.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Keeps a folder for one program. The system takes it back when the program ends, however. */
final class FolderLock implements AutoCloseable {
  private final RandomAccessFile file;

  private FolderLock(RandomAccessFile file) {
    this.file = file;
  }

  static FolderLock take(Path folder) throws IOException {
    RandomAccessFile file = new RandomAccessFile(folder.resolve("lock").toFile(), "rw");
    try {
      FileLock lock = tryLock(file);
      if (lock == null) {
        String owner = file.length() > 0 ? ", by the process " + file.readLine() : "";
        throw new StoreException(
            StoreException.Kind.LOCKED,
            "the store " + folder + " is in use" + owner + "; one program at a time can use it",
            null);
      }
      file.setLength(0);
      file.write(String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII));
      return new FolderLock(file);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(RandomAccessFile file) throws IOException {
    try {
      return file.getChannel().tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
