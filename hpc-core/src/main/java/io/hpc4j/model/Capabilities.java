package io.hpc4j.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What a backend can do, and up to which limits. */
public final class Capabilities {
  private final Map<Capability, Support> support;
  private final Map<Capability, String> notes;
  private final @Nullable Integer maxArraySize;
  private final @Nullable Integer maxDependencies;
  private final @Nullable Duration minTimeout;

  private Capabilities(Builder b) {
    support = Collections.unmodifiableMap(new EnumMap<>(b.support));
    notes = Collections.unmodifiableMap(new EnumMap<>(b.notes));
    maxArraySize = b.maxArraySize;
    maxDependencies = b.maxDependencies;
    minTimeout = b.minTimeout;
  }

  /** How well a backend does something. */
  public enum Support {
    /** By its own means. */
    NATIVE,
    /** By means of hpc4j; the plan says how. */
    EMULATED,
    /** It has no meaning here and does no harm; the plan says that it is not used. */
    UNUSED,
    /** Not at all: a request for it is refused. */
    ABSENT
  }

  /** Returns a builder in which everything is absent. */
  public static Builder builder() {
    return new Builder();
  }

  /** How well the backend does this. */
  public Support support(Capability capability) {
    return support.getOrDefault(capability, Support.ABSENT);
  }

  /** Whether a request for this is accepted. */
  public boolean has(Capability capability) {
    return support(capability) != Support.ABSENT;
  }

  /** How it is emulated, or what is special about it; may be empty. */
  public String note(Capability capability) {
    return notes.getOrDefault(capability, "");
  }

  /** The largest array; absent when there is no limit but {@link JobRequest#MAX_ARRAY_SIZE}. */
  public OptionalInt maxArraySize() {
    return maxArraySize == null ? OptionalInt.empty() : OptionalInt.of(maxArraySize);
  }

  /** The most dependencies of one job; absent when there is no limit. */
  public OptionalInt maxDependencies() {
    return maxDependencies == null ? OptionalInt.empty() : OptionalInt.of(maxDependencies);
  }

  /** The shortest timeout; absent when there is no limit. */
  public Optional<Duration> minTimeout() {
    return Optional.ofNullable(minTimeout);
  }

  /** Finds everything that a request asks for and this backend cannot do. */
  public List<Problem> problems(JobRequest request) {
    List<Problem> problems = new ArrayList<>();
    request
        .needs()
        .forEach(
            (capability, field) -> {
              if (!has(capability)) {
                String note = note(capability);
                problems.add(
                    Problem.of(
                        field,
                        capability,
                        "is not supported" + (note.isEmpty() ? "" : ": " + note)));
              }
            });
    JobDefinition definition = request.effective();
    limit(problems, "array.size", request.size(), maxArraySize);
    limit(problems, "dependencies", request.dependencies().size(), maxDependencies);
    definition
        .timeout()
        .filter(t -> minTimeout != null && t.compareTo(minTimeout) < 0)
        .ifPresent(t -> problems.add(Problem.of("timeout", t, "must be at least " + minTimeout)));
    return problems;
  }

  private static void limit(
      List<Problem> problems, String field, int value, @Nullable Integer limit) {
    if (limit != null && value > limit) {
      problems.add(Problem.of(field, value, "must be at most " + limit));
    }
  }

  @Override
  public String toString() {
    return support.toString();
  }

  /** Builds {@link Capabilities}; not thread-safe. */
  public static final class Builder {
    private final Map<Capability, Support> support = new EnumMap<>(Capability.class);
    private final Map<Capability, String> notes = new EnumMap<>(Capability.class);
    private @Nullable Integer maxArraySize;
    private @Nullable Integer maxDependencies;
    private @Nullable Duration minTimeout;

    private Builder() {}

    /** Sets how well these are done. */
    public Builder set(Support how, Capability... capabilities) {
      for (Capability capability : capabilities) {
        support.put(capability, how);
      }
      return this;
    }

    /** Sets how well this is done, with a note for people. */
    public Builder set(Support how, Capability capability, String note) {
      support.put(capability, how);
      notes.put(capability, Objects.requireNonNull(note, "note"));
      return this;
    }

    /** Sets the largest array. */
    public Builder maxArraySize(int value) {
      maxArraySize = value;
      return this;
    }

    /** Sets the most dependencies of one job. */
    public Builder maxDependencies(int value) {
      maxDependencies = value;
      return this;
    }

    /** Sets the shortest timeout. */
    public Builder minTimeout(Duration value) {
      minTimeout = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Returns the capabilities. */
    public Capabilities build() {
      return new Capabilities(this);
    }
  }
}
