package io.hpc4j.slurm.query;

import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The words for a job's state of squeue(1) and sacct(1), and what each alone says. */
enum StateWord {
  PENDING("PD", JobState.PENDING),
  REQUEUED("RQ", JobState.PENDING),
  REQUEUE_FED("RF", JobState.PENDING),
  REQUEUE_HOLD("RH", JobState.PENDING),
  SPECIAL_EXIT("SE", JobState.PENDING),
  RESV_DEL_HOLD("RD", JobState.PENDING),
  CONFIGURING("CF", JobState.STARTING),
  POWER_UP_NODE("PU", JobState.STARTING),
  RUNNING("R", JobState.RUNNING),
  SUSPENDED("S", JobState.RUNNING),
  STOPPED("ST", JobState.RUNNING),
  COMPLETING("CG", JobState.RUNNING),
  RESIZING("RS", JobState.RUNNING),
  SIGNALING("SI", JobState.RUNNING),
  STAGE_OUT("SO", JobState.RUNNING),
  COMPLETED("CD", JobState.SUCCEEDED, Reason.SUCCESS),
  FAILED("F", JobState.FAILED, Reason.UNKNOWN),
  TIMEOUT("TO", JobState.FAILED, Reason.TIMEOUT),
  DEADLINE("DL", JobState.FAILED, Reason.DEADLINE),
  OUT_OF_MEMORY("OOM", JobState.FAILED, Reason.OUT_OF_MEMORY),
  NODE_FAIL("NF", JobState.FAILED, Reason.NODE_FAILURE),
  BOOT_FAIL("BF", JobState.FAILED, Reason.NODE_FAILURE),
  PREEMPTED("PR", JobState.FAILED, Reason.PREEMPTED),
  CANCELLED("CA", JobState.CANCELLED, Reason.CANCELLED),
  /** Another cluster of the federation runs it: nothing that may be retried here. */
  REVOKED("RV", JobState.CANCELLED, Reason.CANCELLED);

  private static final Map<String, StateWord> BY_TEXT = new HashMap<>();

  static {
    for (StateWord word : values()) {
      BY_TEXT.put(word.name(), word);
      BY_TEXT.put(word.compact, word);
    }
    BY_TEXT.remove(COMPLETED.compact); // CANCELLED with a piece missing, for all one knows
  }

  private final String compact;
  private final JobState state;
  private final Optional<Reason> reason;

  StateWord(String compact, JobState state) {
    this.compact = compact;
    this.state = state;
    reason = Optional.empty();
  }

  StateWord(String compact, JobState state, Reason reason) {
    this.compact = compact;
    this.state = state;
    this.reason = Optional.of(reason);
  }

  JobState state() {
    return state;
  }

  /** Why the job ended; absent if the word is not one for an end. */
  Optional<Reason> reason() {
    return reason;
  }

  /**
   * Finds the word of a state's text, long or compact: {@code CANCELLED by 1000} is CANCELLED, and
   * so is {@code CANCELLED+}, which was cut for its column. That a job has completed is said by the
   * whole word alone.
   */
  static Optional<StateWord> find(String text) {
    int blank = text.indexOf(' ');
    String word = blank < 0 ? text : text.substring(0, blank);
    return word.endsWith("+")
        ? cut(word.substring(0, word.length() - 1))
        : Optional.ofNullable(BY_TEXT.get(word));
  }

  private static Optional<StateWord> cut(String start) {
    List<StateWord> all =
        Stream.of(values()).filter(word -> word.name().startsWith(start)).toList();
    return all.size() == 1 && all.get(0) != COMPLETED ? Optional.of(all.get(0)) : Optional.empty();
  }
}
