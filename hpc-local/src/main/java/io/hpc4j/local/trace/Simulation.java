package io.hpc4j.local.trace;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Replays a workload on the local backend in virtual time: the engine, the scheduler and the rules
 * that run real jobs say when each of these would have started.
 *
 * <p>The machine is one node with the workload's processors. A job's estimate is its timeout. At
 * one instant work ends first, then jobs come, then there is one scheduling pass.
 *
 * <p>Not thread-safe; a simulation can be run more than once, with the same result.
 */
public final class Simulation {
  private static final String QUEUE = "queue";
  private static final Memory LITTLE = Memory.ofBytes(1);

  private final Workload workload;
  private SchedulingPolicy policy = SchedulingPolicy.fifo();
  private @Nullable IntFunction<String> shares;
  private @Nullable Duration interval;

  private Simulation(Workload workload) {
    this.workload = workload;
  }

  /** Returns a simulation of this workload, first in, first out. */
  public static Simulation of(Workload workload) {
    return new Simulation(Objects.requireNonNull(workload, "workload"));
  }

  /** Sets who goes next; default first in, first out, without backfill. */
  public Simulation policy(SchedulingPolicy value) {
    policy = Objects.requireNonNull(value, "value");
    return this;
  }

  /**
   * Sets whom each job is charged to, by its place in the workload; a fair-share policy needs it,
   * any other refuses it. Default nobody.
   */
  public Simulation shares(IntFunction<String> shareOfJob) {
    shares = Objects.requireNonNull(shareOfJob, "shareOfJob");
    return this;
  }

  /** Sets how often the shares are looked at, from the start to the last end; default never. */
  public Simulation sampleEvery(Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("an interval is more than zero, not " + value);
    }
    interval = value;
    return this;
  }

  /**
   * How the shares stood at one instant.
   *
   * @param seconds the instant, from the start of the workload
   * @param shares the shares, who goes next first
   */
  public record Sample(long seconds, List<ShareStatus> shares) {
    /** Copies the list. */
    public Sample {
      shares = List.copyOf(shares);
    }
  }

  /** What came of a simulation. Immutable. */
  public static final class Result {
    private final long[] starts;
    private final ScheduleMetrics metrics;
    private final List<Sample> samples;

    private Result(Workload workload, long[] starts, List<Sample> samples) {
      this.starts = starts;
      this.samples = List.copyOf(samples);
      metrics = ScheduleMetrics.of(workload, starts);
    }

    /** When each job started, in seconds, in the order of the workload; a copy. */
    public long[] starts() {
      return starts.clone();
    }

    /** The figures of the schedule. */
    public ScheduleMetrics metrics() {
      return metrics;
    }

    /** What the shares looked like over time. */
    public List<Sample> samples() {
      return samples;
    }
  }

  /**
   * Runs it to the end of the last job.
   *
   * @throws io.hpc4j.model.InvalidJobException if the policy does not go with the shares
   */
  public Result run() {
    return new Replay(workload, policy, shares, interval).run();
  }

  /** One run. */
  private static final class Replay {
    private final Workload workload;
    private final SchedulingPolicy policy;
    private final @Nullable IntFunction<String> shares;
    private final @Nullable Duration interval;
    private final VirtualTime time = VirtualTime.startingAt(Instant.EPOCH);
    private final LocalBackend backend;
    private final JobDefinition.Builder model = JobDefinition.builder("job").command("job");
    private final Map<Integer, Resources> widths = new HashMap<>();
    private final int[] order;
    private final long[] starts;
    private final List<Sample> samples = new ArrayList<>();
    private int next;

    Replay(
        Workload workload,
        SchedulingPolicy policy,
        @Nullable IntFunction<String> shares,
        @Nullable Duration interval) {
      this.workload = workload;
      this.policy = policy;
      this.shares = shares;
      this.interval = interval;
      starts = new long[workload.jobs().size()];
      order =
          IntStream.range(0, starts.length)
              .boxed()
              .sorted(Comparator.comparingLong(i -> workload.jobs().get(i).submitSeconds()))
              .mapToInt(Integer::intValue)
              .toArray();
      Capacity all = new Capacity(workload.processors(), Memory.ofGiB(1), 0);
      ComputeEnvironment pool = ComputeEnvironment.builder("pool").node("pool", all).build();
      backend =
          LocalBackend.builder()
              .time(time)
              .simulate((definition, index, attempt) -> started(definition))
              .queue(JobQueue.builder(QUEUE).runsOn(pool).policy(policy).build())
              .keepEnded(0, Duration.ZERO) // nobody asks for them
              .build();
    }

    Result run() {
      Arrays.fill(starts, -1);
      try (backend) {
        submitWhenDue();
        sampleWhenDue(Instant.EPOCH);
        while (time.hasWork()) {
          time.step();
        }
      }
      return new Result(workload, starts, samples);
    }

    private void submitWhenDue() {
      if (next < order.length) {
        time.schedule(due(), Phase.SUBMIT, this::submitDue);
      }
    }

    private Instant due() {
      return Instant.ofEpochSecond(workload.jobs().get(order[next]).submitSeconds());
    }

    private void submitDue() {
      long now = time.instant().getEpochSecond();
      while (next < order.length && workload.jobs().get(order[next]).submitSeconds() == now) {
        submit(order[next]);
        next++;
      }
      submitWhenDue();
    }

    private void submit(int number) {
      TraceJob job = workload.jobs().get(number);
      String name = String.valueOf(number);
      JobDefinition definition =
          model
              .name(name)
              .resources(widths.computeIfAbsent(job.processors(), Replay::wide))
              .timeout(Duration.ofSeconds(job.estimateSeconds()))
              .build();
      JobRequest.Builder request = JobRequest.builder(definition);
      if (shares != null) {
        request.share(shares.apply(number));
      }
      JobId id =
          JobId.of(backend.name(), backend.scope(), name); // by which no other is called here
      backend.submit(new Submission(id, request.build(), part -> {}));
    }

    private static Resources wide(int processors) {
      return Resources.cpus(processors).memory(LITTLE);
    }

    /** Is asked when a job starts. */
    private Simulated started(JobDefinition definition) {
      int number = Integer.parseInt(definition.name());
      starts[number] = time.instant().getEpochSecond();
      return Simulated.success(Duration.ofSeconds(workload.jobs().get(number).runSeconds()));
    }

    private void sampleWhenDue(Instant when) {
      if (interval != null && policy.isFairShare()) {
        time.schedule(
            when,
            Phase.MONITOR,
            () -> {
              samples.add(new Sample(time.instant().getEpochSecond(), backend.shares(QUEUE)));
              sampleWhenDue(when.plus(interval));
            });
      }
    }
  }
}
