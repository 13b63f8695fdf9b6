package io.hpc4j.local.trace;

import java.util.List;

/** The fields of a line, in their order. */
enum SwfField {
  JOB_NUMBER(1, "job number"),
  SUBMIT_TIME(2, "submit time"),
  WAIT_TIME(3, "wait time"),
  RUN_TIME(4, "run time"),
  ALLOCATED_PROCESSORS(5, "allocated processors"),
  AVERAGE_CPU_TIME(6, "average CPU time"),
  USED_MEMORY(7, "used memory"),
  REQUESTED_PROCESSORS(8, "requested processors"),
  REQUESTED_TIME(9, "requested time"),
  REQUESTED_MEMORY(10, "requested memory"),
  STATUS(11, "status"),
  USER_ID(12, "user ID"),
  GROUP_ID(13, "group ID"),
  EXECUTABLE_NUMBER(14, "executable number"),
  QUEUE_NUMBER(15, "queue number"),
  PARTITION_NUMBER(16, "partition number"),
  PRECEDING_JOB_NUMBER(17, "preceding job number"),
  THINK_TIME(18, "think time");

  static final List<SwfField> ALL = List.of(values());

  /** What stands in a field of which nothing is known. */
  static final double UNKNOWN = -1;

  /** Up to here a double tells all whole numbers apart. */
  static final long LARGEST = 1L << 53;

  private final int number;
  private final String words;

  SwfField(int number, String words) {
    this.number = number;
    this.words = words;
  }

  /** Its place in an array of all. */
  int index() {
    return number - 1;
  }

  /** The bit that stands for it in a set of fields. */
  int bit() {
    return 1 << index();
  }

  /** Whether its values have no fractions. */
  boolean whole() {
    return this != AVERAGE_CPU_TIME && this != USED_MEMORY && this != REQUESTED_MEMORY;
  }

  /** In words: {@code field 4 (run time)}. */
  @Override
  public String toString() {
    return "field " + number + " (" + words + ")";
  }
}
