package io.hpc4j.local.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpc4j.model.HpcException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads a trace from bytes, plain or compressed. */
final class SwfReader {
  private static final int BUFFER = 1 << 16;
  private static final int SHOWN = 40;
  private static final int VALUES = 4096;

  /** With so many digits both they and the power of ten below them are exact in a double. */
  private static final int EXACT_DIGITS = 15;

  /** The smallest double needs fewer; time to convert grows with the square. */
  private static final int MOST_DIGITS = 1000;

  private static final double[] POWERS_OF_TEN = powersOfTen();

  private final String name;
  private final Lines lines;
  private final List<String> comments = new ArrayList<>();
  private final List<SwfJob> jobs = new ArrayList<>();
  private double[] values = new double[VALUES]; // of many jobs
  private int free;

  private SwfReader(String name, Lines lines) {
    this.name = name;
    this.lines = lines;
  }

  static SwfTrace read(InputStream in, String name) {
    Lines lines;
    try {
      lines = new Lines(unpacked(in));
    } catch (IOException e) {
      throw new HpcException("cannot read " + name + ": " + reason(e), e);
    }
    try {
      return new SwfReader(name, lines).trace();
    } catch (IOException e) {
      throw new HpcException(
          "cannot read " + name + ", line " + lines.number() + ": " + reason(e), e);
    }
  }

  private static InputStream unpacked(InputStream in) throws IOException {
    PushbackInputStream input = new PushbackInputStream(in, 2);
    byte[] magic = input.readNBytes(2);
    input.unread(magic);
    boolean compressed = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
    return compressed ? new GZIPInputStream(input, BUFFER) : input;
  }

  private static String reason(IOException e) {
    if (e instanceof EOFException) {
      return "the compressed data end too early";
    }
    if (e instanceof ZipException) {
      return "the compressed data are damaged (" + e.getMessage() + ")";
    }
    return String.valueOf(e.getMessage());
  }

  private SwfTrace trace() throws IOException {
    while (lines.next()) {
      int start = skipBlanks(lines.from());
      if (start == lines.to()) {
        continue;
      }
      if (lines.buffer()[start] == ';') {
        comments.add(text(start + 1, lines.to()));
      } else {
        jobs.add(job(start));
      }
    }
    return new SwfTrace(comments, jobs);
  }

  private SwfJob job(int start) {
    if (values.length - free < SwfField.ALL.size()) {
      values = new double[VALUES];
      free = 0;
    }
    int known = 0;
    int first = free;
    int from = start;
    for (SwfField field : SwfField.ALL) {
      if (from == lines.to()) {
        throw error(field + " is missing", start, lines.to());
      }
      int to = skipText(from);
      double value = value(field, from, to);
      if (value != SwfField.UNKNOWN) {
        known |= field.bit();
        values[free++] = value;
      }
      from = skipBlanks(to);
    }
    if (from < lines.to()) {
      throw error("there is something behind " + SwfField.THINK_TIME, from, lines.to());
    }
    return new SwfJob(known, values, first);
  }

  private int skipBlanks(int from) {
    byte[] bytes = lines.buffer();
    int i = from;
    while (i < lines.to() && isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private int skipText(int from) {
    byte[] bytes = lines.buffer();
    int i = from;
    while (i < lines.to() && !isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\f' || b == 0x0b;
  }

  private double value(SwfField field, int from, int to) {
    byte[] bytes = lines.buffer();
    boolean negative = bytes[from] == '-';
    long digits = 0;
    int count = 0;
    int point = -1;
    for (int i = negative ? from + 1 : from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit >= 0 && digit <= 9) {
        digits = digits * 10 + digit; // wrong beyond EXACT_DIGITS, and then not used
        count++;
      } else if (bytes[i] == '.' && point < 0) {
        point = count;
      } else {
        throw error(field + " is not a number", from, to);
      }
    }
    if (count == 0) {
      throw error(field + " is not a number", from, to);
    }
    if (count > MOST_DIGITS) {
      throw error(field + " has more than " + MOST_DIGITS + " digits", from, to);
    }
    if (count > EXACT_DIGITS) {
      return longValue(field, from, to);
    }
    double value = point < 0 ? digits : digits / POWERS_OF_TEN[count - point];
    if (field.whole() && value != Math.rint(value)) {
      throw error(field + " is not a whole number", from, to);
    }
    return negative ? 0.0 - value : value; // and not -0.0
  }

  /** The value of a number with many digits. */
  private double longValue(SwfField field, int from, int to) {
    BigDecimal exact = new BigDecimal(text(from, to));
    if (exact.abs().compareTo(BigDecimal.valueOf(SwfField.LARGEST)) > 0) {
      throw error(field + " is too large", from, to);
    }
    if (field.whole() && exact.stripTrailingZeros().scale() > 0) {
      throw error(field + " is not a whole number", from, to);
    }
    return exact.doubleValue() + 0.0;
  }

  private HpcException error(String what, int from, int to) {
    String text = text(from, to);
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    return new HpcException(
        name + ", line " + lines.number() + ": " + what + ": '" + printable(shown) + "'");
  }

  private static String printable(String text) {
    return text.chars()
        .mapToObj(c -> Character.isISOControl(c) ? "?" : Character.toString(c))
        .reduce("", String::concat);
  }

  /** Bytes as UTF-8, as which they are written, or as Latin-1, in which some older logs are. */
  private String text(int from, int to) {
    ByteBuffer bytes = ByteBuffer.wrap(lines.buffer(), from, to - from);
    try {
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      return new String(lines.buffer(), from, to - from, ISO_8859_1);
    }
  }

  private static double[] powersOfTen() {
    double[] powers = new double[EXACT_DIGITS + 1];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = 10 * powers[i - 1];
    }
    return powers;
  }
}
