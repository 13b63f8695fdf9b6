package io.hpc4j.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a record stands in the file: its length, a checksum of all that follows and of the length,
 * the offset up to which the file was known to be safe when it was written, the record.
 */
final class Frame {
  static final int HEADER = 16;
  static final int LONGEST = 64 << 20;

  private Frame() {}

  static void write(ByteBuffer out, long safe, byte[] bytes, int offset, int length) {
    int start = out.position();
    out.putInt(length).putInt(0).putLong(safe).put(bytes, offset, length);
    out.putInt(start + 4, checksum(out, start, length));
  }

  private static int checksum(ByteBuffer buffer, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().position(start).limit(start + 4));
    crc.update(buffer.duplicate().position(start + 8).limit(start + HEADER + length));
    return (int) crc.getValue();
  }

  /** Whether a length and an offset could stand at the start of a frame at this offset. */
  static boolean isPlausible(int length, long safe, long at) {
    return length > 0 && length <= LONGEST && safe >= FileHeader.SIZE && safe <= at;
  }

  /** Whether the buffer holds a whole and undamaged frame from here on. */
  static boolean isSound(ByteBuffer buffer, int start, int length) {
    return buffer.limit() - start >= HEADER + length
        && buffer.getInt(start + 4) == checksum(buffer, start, length);
  }
}
