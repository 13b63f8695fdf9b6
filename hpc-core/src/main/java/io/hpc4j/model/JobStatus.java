package io.hpc4j.model;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one source knew of a job at one instant.
 *
 * <p>The status of an array has counts per state, no exit and no attempts of its own.
 */
public final class JobStatus {
  private final Builder b;

  private JobStatus(Builder builder) {
    b = builder;
    b.counts = b.counts.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(b.counts));
    b.nodes = List.copyOf(b.nodes);
  }

  /** Returns a builder for a status of this job in this state, seen at this instant. */
  public static Builder builder(JobId id, JobState state, Instant observedAt) {
    return new Builder(id, state, observedAt);
  }

  /** Returns a builder that holds all that this status says. */
  public Builder toBuilder() {
    return new Builder(b);
  }

  /** The job, array or element. */
  public JobId id() {
    return b.id;
  }

  /** Where it is. */
  public JobState state() {
    return b.state;
  }

  /** Which attempt this is about, from 1; 1 for an array. */
  public int attempt() {
    return b.attempt;
  }

  /** Why it ended; absent while it has not. */
  public Optional<Reason> reason() {
    return Optional.ofNullable(b.reason);
  }

  /** How its process ended; absent without a process, and for an array. */
  public Optional<Exit> exit() {
    return Optional.ofNullable(b.exit);
  }

  /**
   * The ending or the present state in words, the backend's own where it has some; may be empty.
   */
  public String message() {
    return b.message;
  }

  /** Why it stands still, where the source says so with the state. */
  public Optional<WaitReason> waitReason() {
    return Optional.ofNullable(b.waitReason);
  }

  /** When the source said so. */
  public Instant observedAt() {
    return b.observedAt;
  }

  /** Which source said so: {@code engine}, {@code squeue}, {@code sacct}; may be empty. */
  public String source() {
    return b.source;
  }

  /** When the backend accepted it. */
  public Optional<Instant> submittedAt() {
    return Optional.ofNullable(b.submittedAt);
  }

  /** When its latest attempt started to run; for an array, when the first element did. */
  public Optional<Instant> startedAt() {
    return Optional.ofNullable(b.startedAt);
  }

  /** When it ended. */
  public Optional<Instant> endedAt() {
    return Optional.ofNullable(b.endedAt);
  }

  /** The names of the nodes it has or had, main node first. */
  public List<String> nodes() {
    return b.nodes;
  }

  /** How many elements of an array are in each state, only states that occur; empty for others. */
  public Map<JobState, Integer> counts() {
    return b.counts;
  }

  /** How many elements of an array are in this state. */
  public int count(JobState state) {
    return b.counts.getOrDefault(state, 0);
  }

  /** The backend's id of it; for an array element in the backend's own form. */
  public Optional<String> nativeId() {
    return Optional.ofNullable(b.nativeId);
  }

  /** The state in the backend's own word. */
  public Optional<String> nativeState() {
    return Optional.ofNullable(b.nativeState);
  }

  /** The user's own name; only listings tell it on backends that have to be asked. */
  public Optional<String> name() {
    return Optional.ofNullable(b.name);
  }

  /** The queue; only listings tell it on backends that have to be asked. */
  public Optional<String> queue() {
    return Optional.ofNullable(b.queue);
  }

  /** The ending in one line: {@code FAILED (NON_ZERO_EXIT, exit code 3): message}. */
  public String describe() {
    StringBuilder out = new StringBuilder(b.state.name());
    if (b.reason != null) {
      out.append(" (").append(b.reason);
      if (b.exit != null) {
        out.append(", ").append(b.exit);
      }
      out.append(')');
    }
    return b.message.isEmpty() ? out.toString() : out.append(": ").append(b.message).toString();
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof JobStatus s && fields().equals(s.fields());
  }

  @Override
  public int hashCode() {
    return Objects.hash(b.id, b.state, b.attempt);
  }

  private List<Object> fields() {
    return List.of(
        b.id,
        b.state,
        b.attempt,
        reason(),
        exit(),
        b.message,
        waitReason(),
        b.observedAt,
        b.source,
        submittedAt(),
        startedAt(),
        endedAt(),
        b.nodes,
        b.counts,
        nativeId(),
        nativeState(),
        name(),
        queue());
  }

  @Override
  public String toString() {
    return b.id + " " + describe() + (b.counts.isEmpty() ? "" : " " + b.counts);
  }

  /** Builds a {@link JobStatus}; not thread-safe. */
  public static final class Builder {
    private JobId id;
    private JobState state;
    private Instant observedAt;
    private int attempt = 1;
    private @Nullable Reason reason;
    private @Nullable Exit exit;
    private String message = "";
    private @Nullable WaitReason waitReason;
    private String source = "";
    private @Nullable Instant submittedAt;
    private @Nullable Instant startedAt;
    private @Nullable Instant endedAt;
    private List<String> nodes = List.of();
    private Map<JobState, Integer> counts = Map.of();
    private @Nullable String nativeId;
    private @Nullable String nativeState;
    private @Nullable String name;
    private @Nullable String queue;

    private Builder(JobId id, JobState state, Instant observedAt) {
      this.id = Objects.requireNonNull(id, "id");
      this.state = Objects.requireNonNull(state, "state");
      this.observedAt = Objects.requireNonNull(observedAt, "observedAt");
    }

    private Builder(Builder from) {
      this(from.id, from.state, from.observedAt);
      attempt = from.attempt;
      reason = from.reason;
      exit = from.exit;
      message = from.message;
      waitReason = from.waitReason;
      source = from.source;
      submittedAt = from.submittedAt;
      startedAt = from.startedAt;
      endedAt = from.endedAt;
      nodes = from.nodes;
      counts = from.counts;
      nativeId = from.nativeId;
      nativeState = from.nativeState;
      name = from.name;
      queue = from.queue;
    }

    /** Sets the job. */
    public Builder id(JobId value) {
      id = Objects.requireNonNull(value, "id");
      return this;
    }

    /** Sets the state. */
    public Builder state(JobState value) {
      state = Objects.requireNonNull(value, "state");
      return this;
    }

    /** Sets when the source said so. */
    public Builder observedAt(Instant value) {
      observedAt = Objects.requireNonNull(value, "observedAt");
      return this;
    }

    /** Sets the attempt; default 1. */
    public Builder attempt(int value) {
      attempt = value;
      return this;
    }

    /** Sets the reason of the ending. */
    public Builder reason(@Nullable Reason value) {
      reason = value;
      return this;
    }

    /** Sets how the process ended. */
    public Builder exit(@Nullable Exit value) {
      exit = value;
      return this;
    }

    /** Sets the words; default empty. */
    public Builder message(String value) {
      message = Objects.requireNonNull(value, "message");
      return this;
    }

    /** Sets why it stands still. */
    public Builder waitReason(@Nullable WaitReason value) {
      waitReason = value;
      return this;
    }

    /** Sets the source; default empty. */
    public Builder source(String value) {
      source = Objects.requireNonNull(value, "source");
      return this;
    }

    /** Sets when the backend accepted it. */
    public Builder submittedAt(@Nullable Instant value) {
      submittedAt = value;
      return this;
    }

    /** Sets when it started to run. */
    public Builder startedAt(@Nullable Instant value) {
      startedAt = value;
      return this;
    }

    /** Sets when it ended. */
    public Builder endedAt(@Nullable Instant value) {
      endedAt = value;
      return this;
    }

    /** Sets its nodes, main node first; default none. */
    public Builder nodes(List<String> value) {
      nodes = value;
      return this;
    }

    /** Sets the counts of an array; default none. */
    public Builder counts(Map<JobState, Integer> value) {
      counts = value;
      return this;
    }

    /** Sets the backend's id. */
    public Builder nativeId(@Nullable String value) {
      nativeId = value;
      return this;
    }

    /** Sets the backend's word for the state. */
    public Builder nativeState(@Nullable String value) {
      nativeState = value;
      return this;
    }

    /** Sets the user's own name. */
    public Builder name(@Nullable String value) {
      name = value;
      return this;
    }

    /** Sets the queue. */
    public Builder queue(@Nullable String value) {
      queue = value;
      return this;
    }

    /** Returns the status; the builder can be used on. */
    public JobStatus build() {
      return new JobStatus(new Builder(this));
    }
  }
}
