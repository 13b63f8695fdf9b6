package io.hpc4j.slurm.query;

import io.hpc4j.model.IndexSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job, or some tasks of an array, as Slurm writes an id: {@code 76}, {@code 26_5}, {@code
 * 26_[10-64%5]}.
 *
 * @param jobId the id of the job or of the array; {@code 96+0} for a part of a heterogeneous job
 * @param tasks the tasks of the array; empty for a job that is not one
 */
public record TaskSet(String jobId, IndexSet tasks) {
  private static final Pattern JOB = Pattern.compile("[1-9]\\d{0,9}(?:\\+\\d{1,4})?");
  private static final Pattern THROTTLE = Pattern.compile("%\\d{1,9}");

  /**
   * Reads an id. An expression that was cut short, as Slurm does unless told otherwise by {@code
   * SLURM_BITSTR_LEN=0}, names tasks that are not known and is no id.
   *
   * @return the id; empty if the text is none
   */
  public static Optional<TaskSet> parse(String text) {
    int bar = text.indexOf('_');
    String job = bar < 0 ? text : text.substring(0, bar);
    if (!JOB.matcher(job).matches()) {
      return Optional.empty();
    }
    return bar < 0
        ? Optional.of(new TaskSet(job, IndexSet.empty()))
        : tasks(text.substring(bar + 1)).map(tasks -> new TaskSet(job, tasks));
  }

  private static Optional<IndexSet> tasks(String text) {
    try {
      if (!text.startsWith("[")) {
        return text.matches("\\d{1,9}") ? Optional.of(IndexSet.parse(text)) : Optional.empty();
      }
      if (!text.endsWith("]")) {
        return Optional.empty();
      }
      String inside = text.substring(1, text.length() - 1);
      int percent = inside.indexOf('%');
      Matcher throttle = THROTTLE.matcher(percent < 0 ? "%0" : inside.substring(percent));
      return throttle.matches()
          ? Optional.of(IndexSet.parse(percent < 0 ? inside : inside.substring(0, percent)))
          : Optional.empty();
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
      case 1 -> jobId + "_" + tasks.first();
      default -> jobId + "_[" + tasks + "]";
    };
  }
}
