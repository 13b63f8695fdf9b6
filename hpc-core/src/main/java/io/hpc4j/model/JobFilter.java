package io.hpc4j.model;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which jobs a listing is to contain; all conditions have to hold. */
public final class JobFilter {
  private static final JobFilter ALL = new JobFilter(null, null, EnumSet.allOf(JobState.class));

  private final @Nullable String queue;
  private final @Nullable String name;
  private final Set<JobState> states;

  private JobFilter(@Nullable String queue, @Nullable String name, Set<JobState> states) {
    this.queue = queue;
    this.name = name;
    this.states = states;
  }

  /** Returns the filter that every job passes. */
  public static JobFilter all() {
    return ALL;
  }

  /** Returns the filter that every job passes which has not ended. */
  public static JobFilter open() {
    EnumSet<JobState> open = EnumSet.allOf(JobState.class);
    open.removeIf(JobState::isEnded);
    return new JobFilter(null, null, open);
  }

  /** Returns this, for one queue only. */
  public JobFilter queue(String queueName) {
    return new JobFilter(Objects.requireNonNull(queueName, "queueName"), name, states);
  }

  /** Returns this, for jobs of one name only, the user's own. */
  public JobFilter name(String jobName) {
    return new JobFilter(queue, Objects.requireNonNull(jobName, "jobName"), states);
  }

  /** Returns this, for these states only. */
  public JobFilter states(JobState first, JobState... others) {
    return new JobFilter(queue, name, EnumSet.of(first, others));
  }

  /** The queue, if one was named. */
  public Optional<String> queue() {
    return Optional.ofNullable(queue);
  }

  /** The name, if one was given. */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /** The states that pass. */
  public Set<JobState> states() {
    return EnumSet.copyOf(states);
  }

  /** Whether a job with this status passes; a status without name or queue passes on those. */
  public boolean matches(JobStatus status) {
    return states.contains(status.state())
        && (queue == null || status.queue().map(queue::equals).orElse(true))
        && (name == null || status.name().map(name::equals).orElse(true));
  }
}
