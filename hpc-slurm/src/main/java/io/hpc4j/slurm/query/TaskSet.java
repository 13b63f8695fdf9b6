package io.hpc4j.slurm.query;

import io.hpc4j.model.IndexSet;
import java.util.Optional;

/**
 * A job, or some tasks of an array, as Slurm writes an id: {@code 76}, {@code 26_5}, {@code
 * 26_[10-64%5]}.
 *
 * @param jobId the id of the job or of the array; {@code 96+0} for a part of a heterogeneous job
 * @param tasks the tasks of the array; empty for a job that is not one
 */
public record TaskSet(String jobId, IndexSet tasks) {
  private static final int MOST_DIGITS = 9;

  /**
   * Reads an id. An expression that was cut short, as Slurm does unless told otherwise by {@code
   * SLURM_BITSTR_LEN=0}, names tasks that are not known and is no id.
   *
   * @return the id; empty if the text is none
   */
  public static Optional<TaskSet> parse(String text) {
    int bar = text.indexOf('_');
    String job = bar < 0 ? text : text.substring(0, bar);
    int plus = job.indexOf('+');
    if (!(plus < 0
        ? isJobId(job)
        : isJobId(job.substring(0, plus)) && isNumber(job.substring(plus + 1)))) {
      return Optional.empty();
    }
    return bar < 0
        ? Optional.of(new TaskSet(job, IndexSet.empty()))
        : tasks(text.substring(bar + 1)).map(tasks -> new TaskSet(job, tasks));
  }

  /** Whether text is the number of a job. */
  static boolean isJobId(String text) {
    return Times.isNumber(text, MOST_DIGITS + 1) && text.charAt(0) != '0';
  }

  private static boolean isNumber(String text) {
    return Times.isNumber(text, MOST_DIGITS);
  }

  private static Optional<IndexSet> tasks(String text) {
    if (isNumber(text)) {
      int task = Integer.parseInt(text);
      return Optional.of(IndexSet.range(task, task));
    }
    int end = text.length() - 1;
    if (end < 1 || text.charAt(0) != '[' || text.charAt(end) != ']') {
      return Optional.empty();
    }
    int throttle = text.indexOf('%');
    if (throttle >= 0 && !isNumber(text.substring(throttle + 1, end))) {
      return Optional.empty();
    }
    try {
      return Optional.of(IndexSet.parse(text.substring(1, throttle < 0 ? end : throttle)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether it is a job that is not an array. */
  public boolean isPlain() {
    return tasks.isEmpty();
  }

  /** The id as Slurm takes it: {@code 26_5}, {@code 26_[10-64]}. */
  @Override
  public String toString() {
    return switch (tasks.size()) {
      case 0 -> jobId;
      case 1 -> jobId + "_" + tasks.indexAt(0);
      default -> jobId + "_[" + tasks + "]";
    };
  }
}
