package io.hpc4j.local.trace;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One line of a trace: the 18 fields of the Standard Workload Format, version 2.2.
 *
 * <p>A field of which nothing is known, {@code -1} in a file, is absent here. Everything else is
 * kept as it stands, negative numbers too. Times are in seconds. Average CPU time and memory may
 * have fractions. All other values are whole: the format allows fractions in every time, but
 * schedules here are of whole seconds. Values reach up to 2<sup>53</sup>.
 *
 * <p>Immutable.
 *
 * @see <a href="https://www.cs.huji.ac.il/labs/parallel/workload/swf.html">The Standard Workload
 *     Format</a>
 */
public final class SwfJob {
  private final int known;
  private final double[] values;
  private final int first;

  /**
   * Makes a job whose values stand in an array, which it takes over. Traces have millions of jobs
   * and know little of each: many share an array, and nothing is kept of what is not known.
   *
   * @param known a bit for each field that is known, the lowest for the first
   * @param values has the known values, in the order of the fields
   * @param first where they begin
   */
  SwfJob(int known, double[] values, int first) {
    this.known = known;
    this.values = values;
    this.first = first;
  }

  /** Starts a job of which nothing is known. */
  public static Builder builder() {
    double[] values = new double[SwfField.ALL.size()];
    Arrays.fill(values, SwfField.UNKNOWN);
    return new Builder(values);
  }

  /** Starts a job that is like this one. */
  public Builder toBuilder() {
    return new Builder(SwfField.ALL.stream().mapToDouble(this::valueOrUnknown).toArray());
  }

  /** Field 1: a counter, from 1. */
  public OptionalLong jobNumber() {
    return whole(SwfField.JOB_NUMBER);
  }

  /** Field 2: when it was submitted, counted from the start of the log. */
  public OptionalLong submitTime() {
    return whole(SwfField.SUBMIT_TIME);
  }

  /** Field 3: how long it waited from its submission to its start. */
  public OptionalLong waitTime() {
    return whole(SwfField.WAIT_TIME);
  }

  /** Field 4: the wall clock time from its start to its end. */
  public OptionalLong runTime() {
    return whole(SwfField.RUN_TIME);
  }

  /** Field 5: the processors that it got. */
  public OptionalLong allocatedProcessors() {
    return whole(SwfField.ALLOCATED_PROCESSORS);
  }

  /** Field 6: the CPU time that it used, user and system, averaged over its processors. */
  public OptionalDouble averageCpuTime() {
    return value(SwfField.AVERAGE_CPU_TIME);
  }

  /** Field 7: the memory that it used for each processor, in kilobytes. */
  public OptionalDouble usedMemory() {
    return value(SwfField.USED_MEMORY);
  }

  /** Field 8: the processors that it asked for. */
  public OptionalLong requestedProcessors() {
    return whole(SwfField.REQUESTED_PROCESSORS);
  }

  /** Field 9: the wall clock time that it asked for, its limit. */
  public OptionalLong requestedTime() {
    return whole(SwfField.REQUESTED_TIME);
  }

  /** Field 10: the memory that it asked for for each processor, in kilobytes. */
  public OptionalDouble requestedMemory() {
    return value(SwfField.REQUESTED_MEMORY);
  }

  /**
   * Field 11: 1 if it completed, 0 if it failed, 5 if it was cancelled; 2, 3, 4 for parts of one.
   */
  public OptionalLong status() {
    return whole(SwfField.STATUS);
  }

  /** Field 12: a number for its user, from 1. */
  public OptionalLong userId() {
    return whole(SwfField.USER_ID);
  }

  /** Field 13: a number for the group of its user, from 1. */
  public OptionalLong groupId() {
    return whole(SwfField.GROUP_ID);
  }

  /** Field 14: a number for its program, from 1. */
  public OptionalLong executableNumber() {
    return whole(SwfField.EXECUTABLE_NUMBER);
  }

  /** Field 15: a number for its queue, from 1; 0 for interactive jobs. */
  public OptionalLong queueNumber() {
    return whole(SwfField.QUEUE_NUMBER);
  }

  /** Field 16: a number for its partition, from 1. */
  public OptionalLong partitionNumber() {
    return whole(SwfField.PARTITION_NUMBER);
  }

  /** Field 17: the number of a job for whose end it waits. */
  public OptionalLong precedingJobNumber() {
    return whole(SwfField.PRECEDING_JOB_NUMBER);
  }

  /** Field 18: the time from the end of the preceding job to this submission. */
  public OptionalLong thinkTime() {
    return whole(SwfField.THINK_TIME);
  }

  private OptionalLong whole(SwfField field) {
    double value = valueOrUnknown(field);
    return value == SwfField.UNKNOWN ? OptionalLong.empty() : OptionalLong.of((long) value);
  }

  private OptionalDouble value(SwfField field) {
    double value = valueOrUnknown(field);
    return value == SwfField.UNKNOWN ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private double valueOrUnknown(SwfField field) {
    int before = known & (field.bit() - 1);
    return (known & field.bit()) == 0 ? SwfField.UNKNOWN : values[first + Integer.bitCount(before)];
  }

  private int end() {
    return first + Integer.bitCount(known);
  }

  void appendTo(StringBuilder line) {
    for (SwfField field : SwfField.ALL) {
      double value = valueOrUnknown(field);
      long whole = (long) value;
      if (whole == value) {
        line.append(whole);
      } else {
        line.append(BigDecimal.valueOf(value).toPlainString());
      }
      line.append(' ');
    }
    line.setLength(line.length() - 1);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SwfJob job
        && known == job.known
        && Arrays.equals(values, first, end(), job.values, job.first, job.end());
  }

  @Override
  public int hashCode() {
    int hash = known;
    for (int i = first; i < end(); i++) {
      hash = 31 * hash + Double.hashCode(values[i]);
    }
    return hash;
  }

  /** The line as it stands in a file. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    appendTo(line);
    return line.toString();
  }

  /**
   * Makes a {@link SwfJob}; what is not set is not known, and -1 stands for the same. Not
   * thread-safe.
   *
   * <p>Every method throws {@link IllegalArgumentException} if the value is beyond 2<sup>53</sup>.
   */
  public static final class Builder {
    private final double[] values;

    private Builder(double[] values) {
      this.values = values;
    }

    /** Sets field 1. */
    public Builder jobNumber(long value) {
      return set(SwfField.JOB_NUMBER, value);
    }

    /** Sets field 2. */
    public Builder submitTime(long value) {
      return set(SwfField.SUBMIT_TIME, value);
    }

    /** Sets field 3. */
    public Builder waitTime(long value) {
      return set(SwfField.WAIT_TIME, value);
    }

    /** Sets field 4. */
    public Builder runTime(long value) {
      return set(SwfField.RUN_TIME, value);
    }

    /** Sets field 5. */
    public Builder allocatedProcessors(long value) {
      return set(SwfField.ALLOCATED_PROCESSORS, value);
    }

    /** Sets field 6. */
    public Builder averageCpuTime(double value) {
      return set(SwfField.AVERAGE_CPU_TIME, value);
    }

    /** Sets field 7. */
    public Builder usedMemory(double value) {
      return set(SwfField.USED_MEMORY, value);
    }

    /** Sets field 8. */
    public Builder requestedProcessors(long value) {
      return set(SwfField.REQUESTED_PROCESSORS, value);
    }

    /** Sets field 9. */
    public Builder requestedTime(long value) {
      return set(SwfField.REQUESTED_TIME, value);
    }

    /** Sets field 10. */
    public Builder requestedMemory(double value) {
      return set(SwfField.REQUESTED_MEMORY, value);
    }

    /** Sets field 11. */
    public Builder status(long value) {
      return set(SwfField.STATUS, value);
    }

    /** Sets field 12. */
    public Builder userId(long value) {
      return set(SwfField.USER_ID, value);
    }

    /** Sets field 13. */
    public Builder groupId(long value) {
      return set(SwfField.GROUP_ID, value);
    }

    /** Sets field 14. */
    public Builder executableNumber(long value) {
      return set(SwfField.EXECUTABLE_NUMBER, value);
    }

    /** Sets field 15. */
    public Builder queueNumber(long value) {
      return set(SwfField.QUEUE_NUMBER, value);
    }

    /** Sets field 16. */
    public Builder partitionNumber(long value) {
      return set(SwfField.PARTITION_NUMBER, value);
    }

    /** Sets field 17. */
    public Builder precedingJobNumber(long value) {
      return set(SwfField.PRECEDING_JOB_NUMBER, value);
    }

    /** Sets field 18. */
    public Builder thinkTime(long value) {
      return set(SwfField.THINK_TIME, value);
    }

    private Builder set(SwfField field, long value) {
      if (value > SwfField.LARGEST || value < -SwfField.LARGEST) { // as doubles some are equal
        throw new IllegalArgumentException(field + " is too large: " + value);
      }
      return set(field, (double) value);
    }

    private Builder set(SwfField field, double value) {
      if (!(Math.abs(value) <= SwfField.LARGEST)) {
        throw new IllegalArgumentException(field + " is too large: " + value);
      }
      values[field.index()] = value + 0.0; // -0.0 + 0.0 is 0.0
      return this;
    }

    /** Makes the job. */
    public SwfJob build() {
      int known = 0;
      for (SwfField field : SwfField.ALL) {
        known |= values[field.index()] == SwfField.UNKNOWN ? 0 : field.bit();
      }
      return new SwfJob(
          known, Arrays.stream(values).filter(v -> v != SwfField.UNKNOWN).toArray(), 0);
    }
  }
}
