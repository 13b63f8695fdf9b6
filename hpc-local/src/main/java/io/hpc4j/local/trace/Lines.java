package io.hpc4j.local.trace;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines of a stream, one after the other, each whole in one buffer.
 *
 * <p>A line ends with LF, CR, CR LF, or the stream.
 */
final class Lines {
  private static final int LONGEST = 1 << 20;

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int next;
  private int filled;
  private boolean afterReturn;
  private int from;
  private int to;
  private long number;

  Lines(InputStream in) {
    this.in = in;
  }

  /** Goes to the next line; false at the end of the stream. */
  boolean next() throws IOException {
    number++;
    from = next;
    if (next == filled && !fill()) {
      return false;
    }
    if (afterReturn && buffer[next] == '\n') {
      next++;
    }
    afterReturn = false;
    from = next;
    while (next < filled || fill()) {
      byte b = buffer[next++];
      if (b == '\n' || b == '\r') {
        to = next - 1;
        afterReturn = b == '\r';
        return true;
      }
    }
    to = next;
    return to > from;
  }

  /** Reads more behind what is there of this line. */
  private boolean fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, filled - from);
      next -= from;
      filled -= from;
      from = 0;
    }
    if (filled == buffer.length) {
      if (filled >= LONGEST) {
        throw new IOException("a line of more than " + LONGEST + " bytes is not of a trace");
      }
      buffer = Arrays.copyOf(buffer, 2 * filled);
    }
    int count = in.read(buffer, filled, buffer.length - filled);
    filled += Math.max(0, count);
    return count > 0;
  }

  /** The number of this line, from 1. */
  long number() {
    return number;
  }

  /** Where this line and others are; valid until the next line. */
  byte[] buffer() {
    return buffer;
  }

  /** Where this line begins. */
  int from() {
    return from;
  }

  /** Where this line ends, its terminator not included. */
  int to() {
    return to;
  }
}
