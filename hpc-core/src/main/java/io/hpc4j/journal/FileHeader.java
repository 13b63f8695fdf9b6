package io.hpc4j.journal;

import io.hpc4j.model.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The first bytes of a journal: what it is, of which version, and a checksum of both. */
final class FileHeader {
  static final int SIZE = 16;
  static final int VERSION = 1;
  private static final byte[] MAGIC = "hpc4jlog".getBytes(StandardCharsets.US_ASCII);

  private FileHeader() {}

  static byte[] bytes() {
    ByteBuffer header = ByteBuffer.allocate(SIZE).put(MAGIC).putInt(VERSION);
    return header.putInt(checksum(header.array())).array();
  }

  private static int checksum(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, SIZE - 4);
    return (int) crc.getValue();
  }

  /** Whether a file with these bytes was being made when the program ended. */
  static boolean isUnfinished(byte[] start) {
    return start.length < SIZE && Arrays.equals(start, Arrays.copyOf(bytes(), start.length));
  }

  static void check(byte[] header, Path file) {
    if (header.length < SIZE || !Arrays.equals(Arrays.copyOf(header, MAGIC.length), MAGIC)) {
      throw new StoreException(
          StoreException.Kind.NOT_A_STORE,
          file + " is not a store of hpc4j; choose another folder",
          null);
    }
    ByteBuffer fields = ByteBuffer.wrap(header);
    if (fields.getInt(SIZE - 4) != checksum(header)) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, file + " is damaged in its header, at offset 8", null);
    }
    int version = fields.getInt(MAGIC.length);
    if (version > VERSION) {
      throw new StoreException(
          StoreException.Kind.NEWER_VERSION,
          file
              + " has version "
              + version
              + ", this library knows up to "
              + VERSION
              + "; use the newer library",
          null);
    }
  }
}
