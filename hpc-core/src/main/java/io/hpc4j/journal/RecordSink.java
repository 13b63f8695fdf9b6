package io.hpc4j.journal;

/** Takes records. */
@FunctionalInterface
public interface RecordSink {
  /** Adds a record. */
  void append(byte[] bytes, int offset, int length);

  /** Adds a record. */
  default void append(byte[] bytes) {
    append(bytes, 0, bytes.length);
  }
}
