package io.hpc4j.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One submission of a definition: its queue, array, dependencies, priority and overrides. */
public final class JobRequest {
  /** The largest array, and one more than the largest index. */
  public static final int MAX_ARRAY_SIZE = 10_000_000;

  /** The highest priority within a queue. */
  public static final int MAX_PRIORITY = 9999;

  private final Builder b;
  private final JobDefinition effective;
  private @Nullable List<Problem> problems; // found once
  private @Nullable Map<Capability, String> needs; // found once

  private JobRequest(Builder builder) {
    b = builder;
    b.dependencies = List.copyOf(b.dependencies);
    effective = Parameters.resolve(builder.overrides.applyTo(builder.definition));
  }

  /** Returns the plain submission of a definition. */
  public static JobRequest of(JobDefinition definition) {
    return definition.plain();
  }

  /** Returns a builder of a submission of this definition. */
  public static Builder builder(JobDefinition definition) {
    return new Builder(definition);
  }

  /** Returns a builder that holds all that this request says. */
  public Builder toBuilder() {
    return new Builder(b);
  }

  /** The definition as it was given. */
  public JobDefinition definition() {
    return b.definition;
  }

  /** What this submission says differently. */
  public Overrides overrides() {
    return b.overrides;
  }

  /** The definition that counts: with the overrides, and with all parameters replaced. */
  public JobDefinition effective() {
    return effective;
  }

  /** The queue; absent: the backend's default queue. */
  public Optional<String> queue() {
    return Optional.ofNullable(b.queue);
  }

  /** The array's indices; absent: not an array. */
  public Optional<IndexSet> array() {
    return Optional.ofNullable(b.array);
  }

  /** The array's size as it was said, when that is no size an array can have. */
  OptionalInt badArraySize() {
    return b.badArraySize == null ? OptionalInt.empty() : OptionalInt.of(b.badArraySize);
  }

  /** Whether it is an array. */
  public boolean isArray() {
    return b.array != null;
  }

  /** How many elements the array has; 1 when it is not one. */
  public int size() {
    return b.array == null ? 1 : b.array.size();
  }

  /**
   * Whether elements run strictly one after the other, each after the success of the one before.
   */
  public boolean sequential() {
    return b.sequential;
  }

  /** How many elements may run at once; absent: as many as fit. */
  public OptionalInt throttle() {
    return b.throttle == null ? OptionalInt.empty() : OptionalInt.of(b.throttle);
  }

  /** How many elements may fail; with one more, those that wait end. Absent: all may. */
  public OptionalInt maxFailures() {
    return b.maxFailures == null ? OptionalInt.empty() : OptionalInt.of(b.maxFailures);
  }

  /** Whether running elements too end once too many have failed; default false. */
  public boolean failFast() {
    return b.failFast;
  }

  /** What has to be met before it may start. */
  public List<Dependency> dependencies() {
    return b.dependencies;
  }

  /** The priority within the queue, 0..9999, higher first; default 0. */
  public int priority() {
    return b.priority;
  }

  /** The share that its usage is charged to, where the queue's policy is fair share. */
  public Optional<String> share() {
    return Optional.ofNullable(b.share);
  }

  /** Whether it is submitted held; default false. */
  public boolean hold() {
    return b.hold;
  }

  /** When it may start at the earliest. */
  public Optional<Instant> begin() {
    return Optional.ofNullable(b.begin);
  }

  /** When it must have ended. */
  public Optional<Instant> deadline() {
    return Optional.ofNullable(b.deadline);
  }

  /** How long it may be ready without being started before it ends as unschedulable. */
  public Optional<Duration> unschedulableLimit() {
    return Optional.ofNullable(b.unschedulableLimit);
  }

  /** Settings for single backends, by the backend's name. */
  public Map<String, BackendOptions> options() {
    return Collections.unmodifiableMap(b.options);
  }

  /**
   * Finds everything that is wrong with this request, whatever the backend; empty if nothing is.
   */
  public List<Problem> problems() {
    List<Problem> found = problems;
    if (found == null) {
      found = RequestValidator.check(this);
      problems = found;
    }
    return found;
  }

  /** What this request asks for, with the field that asks for it. */
  public Map<Capability, String> needs() {
    Map<Capability, String> found = needs;
    if (found == null) {
      found = Collections.unmodifiableMap(findNeeds());
      needs = found;
    }
    return found;
  }

  private Map<Capability, String> findNeeds() {
    Map<Capability, String> needs = new LinkedHashMap<>();
    effective.work().ifPresent(work -> needs.put(capabilityOf(work), "work"));
    put(needs, effective.image().isPresent(), Capability.IMAGE, "image");
    Resources resources = effective.resources();
    put(needs, resources.gpusPerNode() > 0, Capability.GPUS, "resources.gpus");
    put(needs, !resources.consumables().isEmpty(), Capability.CONSUMABLES, "resources.consumables");
    put(needs, !resources.features().isEmpty(), Capability.NODE_FEATURES, "resources.features");
    put(needs, resources.isExclusive(), Capability.EXCLUSIVE, "resources.exclusive");
    if (resources.nodes() > 1) {
      needs.put(Capability.MULTI_NODE, "resources.nodes");
    }
    effective
        .launch()
        .filter(launch -> launch != Launch.MAIN || resources.nodes() > 1)
        .ifPresent(launch -> needs.put(Capability.valueOf("LAUNCH_" + launch), "launch"));
    put(needs, isArray(), Capability.ARRAY, "array");
    put(
        needs,
        array().map(a -> !a.isContiguousFromZero()).orElse(false),
        Capability.SPARSE_ARRAY,
        "array");
    put(needs, b.sequential, Capability.SEQUENTIAL, "sequential");
    put(needs, b.throttle != null, Capability.THROTTLE, "throttle");
    put(needs, b.maxFailures != null || b.failFast, Capability.FAILURE_BUDGET, "maxFailures");
    b.dependencies.forEach(d -> needs.put(capabilityOf(d.kind()), "dependencies"));
    put(needs, effective.retry().maxAttempts() > 1, Capability.RETRY, "retry");
    put(needs, effective.timeout().isPresent(), Capability.TIMEOUT, "timeout");
    put(needs, b.priority > 0, Capability.PRIORITY, "priority");
    put(needs, b.share != null, Capability.SHARE, "share");
    put(needs, b.hold, Capability.HOLD, "hold");
    put(needs, b.begin != null, Capability.BEGIN, "begin");
    put(needs, b.deadline != null, Capability.DEADLINE, "deadline");
    put(
        needs,
        b.unschedulableLimit != null,
        Capability.UNSCHEDULABLE_LIMIT,
        "failIfUnschedulableFor");
    put(
        needs,
        effective.workingDirectory().isPresent(),
        Capability.WORKING_DIRECTORY,
        "workingDirectory");
    put(
        needs,
        effective.stdout().isPresent() || effective.stderr().isPresent(),
        Capability.OUTPUT_PATTERN,
        "stdout");
    put(needs, effective.stdin().isPresent(), Capability.STDIN, "stdin");
    put(
        needs,
        effective.inheritEnvironment(),
        Capability.INHERIT_ENVIRONMENT,
        "inheritEnvironment");
    return needs;
  }

  private static void put(
      Map<Capability, String> needs, boolean needed, Capability capability, String field) {
    if (needed) {
      needs.put(capability, field);
    }
  }

  private static Capability capabilityOf(Work work) {
    if (work instanceof Work.Command) {
      return Capability.COMMAND;
    }
    if (work instanceof Work.Script) {
      return Capability.SCRIPT;
    }
    return work instanceof Work.Java ? Capability.JAVA_TASK : Capability.SIMULATED;
  }

  private static Capability capabilityOf(Dependency.Kind kind) {
    return switch (kind) {
      case SUCCESS -> Capability.AFTER;
      case END -> Capability.AFTER_END;
      case FAILURE -> Capability.AFTER_FAILURE;
      case EACH -> Capability.AFTER_EACH;
    };
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof JobRequest r && fields().equals(r.fields());
  }

  @Override
  public int hashCode() {
    return fields().hashCode();
  }

  private List<Object> fields() {
    return List.of(
        b.definition,
        b.overrides,
        queue(),
        array(),
        b.sequential,
        throttle(),
        maxFailures(),
        b.failFast,
        b.dependencies,
        b.priority,
        share(),
        b.hold,
        begin(),
        deadline(),
        unschedulableLimit(),
        b.options);
  }

  /** The name, and the array if it is one; never an environment value. */
  @Override
  public String toString() {
    return b.definition.name() + (b.array == null ? "" : "[" + b.array + "]");
  }

  /** Builds a {@link JobRequest}; not thread-safe. */
  public static final class Builder {
    private JobDefinition definition;
    private Overrides overrides = Overrides.NONE;
    private @Nullable String queue;
    private @Nullable IndexSet array;
    private @Nullable Integer badArraySize;
    private boolean sequential;
    private @Nullable Integer throttle;
    private @Nullable Integer maxFailures;
    private boolean failFast;
    private List<Dependency> dependencies = List.of(); // mostly none: a job costs little
    private int priority;
    private @Nullable String share;
    private boolean hold;
    private @Nullable Instant begin;
    private @Nullable Instant deadline;
    private @Nullable Duration unschedulableLimit;
    private Map<String, BackendOptions> options = Map.of(); // mostly none: a job costs little

    private Builder(JobDefinition definition) {
      this.definition = Objects.requireNonNull(definition, "definition");
    }

    private Builder(Builder from) {
      this(from.definition);
      overrides = from.overrides;
      queue = from.queue;
      array = from.array;
      badArraySize = from.badArraySize;
      sequential = from.sequential;
      throttle = from.throttle;
      maxFailures = from.maxFailures;
      failFast = from.failFast;
      dependencies = from.dependencies.isEmpty() ? List.of() : new ArrayList<>(from.dependencies);
      priority = from.priority;
      share = from.share;
      hold = from.hold;
      begin = from.begin;
      deadline = from.deadline;
      unschedulableLimit = from.unschedulableLimit;
      options = from.options;
    }

    /** Replaces the definition. */
    public Builder definition(JobDefinition value) {
      definition = Objects.requireNonNull(value, "definition");
      return this;
    }

    /** Sets the queue; default: the backend's default queue. */
    public Builder queue(String name) {
      queue = Objects.requireNonNull(name, "name");
      return this;
    }

    /** Makes it an array with the indices 0 to {@code size - 1}. */
    public Builder array(int size) {
      boolean valid = size >= 1 && size <= MAX_ARRAY_SIZE;
      array(valid ? IndexSet.ofSize(size) : IndexSet.empty());
      badArraySize = valid ? null : size;
      return this;
    }

    /** Makes it an array with these indices. */
    public Builder array(IndexSet indices) {
      array = Objects.requireNonNull(indices, "indices");
      badArraySize = null;
      return this;
    }

    /** Runs the elements strictly one after the other. */
    public Builder sequential() {
      return sequential(true);
    }

    /** Sets whether the elements run strictly one after the other; default false. */
    public Builder sequential(boolean value) {
      sequential = value;
      return this;
    }

    /** Sets how many elements may run at once. */
    public Builder throttle(int elements) {
      throttle = elements;
      return this;
    }

    /** Sets how many elements may fail before those that wait are given up. */
    public Builder maxFailures(int elements) {
      maxFailures = elements;
      return this;
    }

    /** Gives up running elements too once too many have failed; with no number said, one. */
    public Builder failFast() {
      return failFast(true);
    }

    /** Sets whether running elements too are given up; default false. */
    public Builder failFast(boolean value) {
      failFast = value;
      return this;
    }

    /** Waits for the success of these jobs. */
    public Builder after(JobRef... jobs) {
      return depend(Dependency.Kind.SUCCESS, jobs);
    }

    /** Waits for the end of these jobs, however they end. */
    public Builder afterEnd(JobRef... jobs) {
      return depend(Dependency.Kind.END, jobs);
    }

    /** Waits for the failure of these jobs. */
    public Builder afterFailure(JobRef... jobs) {
      return depend(Dependency.Kind.FAILURE, jobs);
    }

    /** Lets each element wait for the success of the element of its own index in these arrays. */
    public Builder afterEach(JobRef... arrays) {
      return depend(Dependency.Kind.EACH, arrays);
    }

    /** Adds a condition. */
    public Builder dependency(Dependency dependency) {
      Objects.requireNonNull(dependency, "dependency");
      dependencies = dependencies.isEmpty() ? new ArrayList<>() : dependencies;
      dependencies.add(dependency);
      return this;
    }

    /** Removes all conditions. */
    public Builder withoutDependencies() {
      dependencies = List.of();
      return this;
    }

    private Builder depend(Dependency.Kind kind, JobRef... jobs) {
      for (JobRef job : jobs) {
        dependency(new Dependency(kind, job.id()));
      }
      return this;
    }

    /** Sets the priority within the queue, 0..9999, higher first; default 0. */
    public Builder priority(int value) {
      priority = value;
      return this;
    }

    /**
     * Sets the share that its usage is charged to: 1..255 letters and digits. It is what AWS Batch
     * calls the share identifier.
     */
    public Builder share(String identifier) {
      share = Objects.requireNonNull(identifier, "identifier");
      return this;
    }

    /** Submits it held: it waits until it is released. */
    public Builder hold() {
      return hold(true);
    }

    /** Sets whether it is submitted held; default false. */
    public Builder hold(boolean value) {
      hold = value;
      return this;
    }

    /** Sets when it may start at the earliest. */
    public Builder begin(Instant earliest) {
      begin = Objects.requireNonNull(earliest, "earliest");
      return this;
    }

    /** Sets when it must have ended; it is ended then as FAILED with {@link Reason#DEADLINE}. */
    public Builder deadline(Instant latest) {
      deadline = Objects.requireNonNull(latest, "latest");
      return this;
    }

    /** Ends it as {@link Reason#UNSCHEDULABLE} when it has been ready this long without a start. */
    public Builder failIfUnschedulableFor(Duration limit) {
      unschedulableLimit = Objects.requireNonNull(limit, "limit");
      return this;
    }

    /** Adds settings for one backend, instead of earlier ones for the same. */
    public Builder options(BackendOptions value) {
      options = new TreeMap<>(options); // it may be another builder's too
      options.put(value.backend(), value);
      return this;
    }

    /** Replaces all overrides. */
    public Builder overrides(Overrides value) {
      overrides = Objects.requireNonNull(value, "overrides");
      return this;
    }

    /** Overrides the work by a command. */
    public Builder command(String... arguments) {
      Overrides o = overrides;
      return overrides(
          new Overrides(
              Optional.of(Work.command(arguments)),
              o.resources(),
              o.environment(),
              o.parameters(),
              o.retry(),
              o.timeout()));
    }

    /** Overrides the resources. */
    public Builder resources(Resources value) {
      Overrides o = overrides;
      return overrides(
          new Overrides(
              o.work(),
              Optional.of(value),
              o.environment(),
              o.parameters(),
              o.retry(),
              o.timeout()));
    }

    /** Sets an environment variable on top of the definition's. */
    public Builder environment(String variable, String value) {
      Overrides o = overrides;
      Map<String, String> more = new TreeMap<>(o.environment());
      more.put(variable, Objects.requireNonNull(value, "value"));
      return overrides(
          new Overrides(o.work(), o.resources(), more, o.parameters(), o.retry(), o.timeout()));
    }

    /** Sets the value of a parameter on top of the definition's. */
    public Builder parameter(String parameter, String value) {
      Overrides o = overrides;
      Map<String, String> more = new TreeMap<>(o.parameters());
      more.put(parameter, Objects.requireNonNull(value, "value"));
      return overrides(
          new Overrides(o.work(), o.resources(), o.environment(), more, o.retry(), o.timeout()));
    }

    /** Overrides the retry policy. */
    public Builder retry(RetryPolicy value) {
      Overrides o = overrides;
      return overrides(
          new Overrides(
              o.work(),
              o.resources(),
              o.environment(),
              o.parameters(),
              Optional.of(value),
              o.timeout()));
    }

    /** Overrides the timeout. */
    public Builder timeout(Duration value) {
      Overrides o = overrides;
      return overrides(
          new Overrides(
              o.work(),
              o.resources(),
              o.environment(),
              o.parameters(),
              o.retry(),
              Optional.of(value)));
    }

    /** Returns the request; the builder can be used on. What is wrong shows at submission. */
    public JobRequest build() {
      return new JobRequest(new Builder(this));
    }
  }
}
