package io.hpc4j.spi;

import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.util.Comparator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an array is, from what its elements are: RUNNING from the first start until all have ended;
 * SUCCEEDED only if all are; CANCELLED only if nobody failed or the array itself was cancelled;
 * else FAILED like the lowest element that did, else LOST.
 */
public final class ArrayStatus {
  private ArrayStatus() {}

  /** Whether all elements have ended. */
  public static boolean hasEnded(Map<JobState, Integer> counts) {
    return counts.keySet().stream().allMatch(JobState::isEnded);
  }

  /**
   * The state of an array.
   *
   * @param counts the elements by their states, no state without any
   * @param started whether an element has started
   * @param cancelled whether the array itself was cancelled
   */
  public static JobState state(Map<JobState, Integer> counts, boolean started, boolean cancelled) {
    if (hasEnded(counts)) {
      return endState(counts, cancelled);
    }
    boolean begun = counts.keySet().stream().anyMatch(s -> s.isEnded() || s == JobState.RUNNING);
    return begun && started
        ? JobState.RUNNING
        : counts.keySet().stream()
            .filter(state -> !state.isEnded())
            .max(Comparator.naturalOrder())
            .orElseThrow();
  }

  private static JobState endState(Map<JobState, Integer> counts, boolean cancelled) {
    boolean some = counts.containsKey(JobState.CANCELLED);
    if (cancelled && some) {
      return JobState.CANCELLED;
    }
    if (counts.containsKey(JobState.FAILED)) {
      return JobState.FAILED;
    }
    if (counts.containsKey(JobState.LOST)) {
      return JobState.LOST;
    }
    return some ? JobState.CANCELLED : JobState.SUCCEEDED;
  }

  /**
   * Says why an array has ended as it has.
   *
   * @param cancelReason why the array itself was cancelled; {@code null} if it was not
   * @param lowest the status of the lowest element in a state
   */
  public static void conclude(
      JobStatus.Builder array,
      Map<JobState, Integer> counts,
      @Nullable String cancelReason,
      Function<JobState, JobStatus> lowest) {
    JobState end = endState(counts, cancelReason != null);
    switch (end) {
      case SUCCEEDED -> array.reason(Reason.SUCCESS);
      case CANCELLED ->
          array
              .reason(Reason.CANCELLED)
              .message(
                  cancelReason != null
                      ? cancelReason
                      : counts.get(end) + " elements were cancelled one by one");
      default -> {
        JobStatus first = lowest.apply(end);
        array
            .reason(first.reason().orElse(Reason.UNKNOWN))
            .message("element " + first.id().index().orElse(0) + ": " + words(first));
      }
    }
  }

  private static String words(JobStatus element) {
    if (!element.message().isEmpty()) {
      return element.message();
    }
    return element
        .exit()
        .map(String::valueOf)
        .orElse(element.reason().orElse(Reason.UNKNOWN).name());
  }
}
