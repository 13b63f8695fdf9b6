package io.hpc4j.local;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Placement;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A cluster and what is done with it, drawn at random. Any step can be left out. */
record Program(List<JobQueue> queues, List<Step> steps) {
  private static final List<String> SHARES = List.of("a", "b", "c", "lab1", "lab2");
  private static final List<Double> WEIGHTS = List.of(0.5, 1.0, 2.0, 4.0, 8.0, 3.0, 0.1);
  private static final List<Integer> WINDOWS = List.of(0, 16, 60, 64, 512, 3600);
  private static final List<Integer> RESERVATIONS = List.of(0, 0, 0, 25, 50, 90);

  /** One thing that is done. */
  sealed interface Step {}

  record Submit(JobRequest request) implements Step {
    @Override
    public String toString() {
      JobDefinition job = request.effective();
      return "submit "
          + job.work().orElseThrow()
          + " "
          + job.resources()
          + job.timeout().map(limit -> ", limit " + limit).orElse("")
          + (", attempts " + job.retry().maxAttempts() + ", queue " + request.queue().orElse(""))
          + (", priority " + request.priority() + ", share " + request.share().orElse("-"))
          + (request.isArray() ? ", array " + request.size() : "")
          + (request.throttle().isPresent() ? ", throttle " + request.throttle().getAsInt() : "")
          + (request.hold() ? ", held" : "");
    }
  }

  record Advance(int seconds) implements Step {}

  record Cancel(int job) implements Step {}

  record CancelElement(int job, int element) implements Step {}

  record Hold(int job, boolean held) implements Step {}

  record FailNode(int node) implements Step {}

  record DrainNode(int node) implements Step {}

  record RestoreNode(int node) implements Step {}

  record Apply(JobQueue queue) implements Step {
    @Override
    public String toString() {
      return "apply " + describe(queue);
    }
  }

  static Program random(long seed) {
    Random random = new Random(seed);
    List<JobQueue> queues = queues(random, environments(random));
    List<Step> steps = new ArrayList<>();
    int count = 5 + random.nextInt(36);
    for (int i = 0; i < count; i++) {
      steps.add(step(random, queues));
    }
    steps.add(new Advance(200));
    return new Program(queues, List.copyOf(steps));
  }

  /** All nodes that there are, in the order of the queues. */
  List<String> nodes() {
    return queues.stream()
        .flatMap(queue -> queue.environments().stream())
        .flatMap(environment -> environment.nodes().keySet().stream())
        .distinct()
        .toList();
  }

  /** How long an element runs: commands are {@code run <seconds> <more for each index>}. */
  static long seconds(JobDefinition definition, int index) {
    List<String> words = ((Work.Command) definition.work().orElseThrow()).arguments();
    return Long.parseLong(words.get(1)) + index * Long.parseLong(words.get(2));
  }

  // the cluster

  private static List<ComputeEnvironment> environments(Random random) {
    List<ComputeEnvironment> environments = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      ComputeEnvironment.Builder builder = ComputeEnvironment.builder("e" + i);
      int nodes = 1 + random.nextInt(4);
      boolean equal = random.nextBoolean();
      Capacity first = capacity(random);
      for (int n = 0; n < nodes; n++) {
        builder.node("e" + i + "n" + n, equal ? first : capacity(random));
      }
      builder.placement(random.nextInt(3) == 0 ? Placement.SPREAD : Placement.PACK);
      environments.add(builder.consumable("lic", random.nextInt(4)).build());
    }
    return environments;
  }

  private static Capacity capacity(Random random) {
    Capacity capacity =
        new Capacity(1 + random.nextInt(8), Memory.ofGiB(4 + random.nextInt(16)), 0);
    capacity = capacity.gpus(random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0);
    return random.nextInt(3) == 0 ? capacity.features("fast") : capacity;
  }

  private static List<JobQueue> queues(Random random, List<ComputeEnvironment> environments) {
    List<JobQueue> queues = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      List<ComputeEnvironment> some = new ArrayList<>(environments);
      Collections.shuffle(some, random);
      JobQueue.Builder builder =
          JobQueue.builder("q" + i)
              .priority(random.nextInt(2))
              .policy(policy(random, random.nextBoolean()));
      some.subList(0, 1 + random.nextInt(some.size())).forEach(builder::runsOn);
      if (random.nextBoolean()) {
        builder.defaultTimeout(Duration.ofSeconds(10 + random.nextInt(30)));
      }
      queues.add(builder.build());
    }
    return List.copyOf(queues);
  }

  private static SchedulingPolicy policy(Random random, boolean fairShare) {
    SchedulingPolicy policy = SchedulingPolicy.fifo();
    if (fairShare) {
      SchedulingPolicy.Builder builder = SchedulingPolicy.fairShare();
      List.of("a", "b", "lab*").forEach(share -> builder.share(share, pick(WEIGHTS, random)));
      builder.decay(Duration.ofSeconds(pick(WINDOWS, random)));
      policy = builder.reservation(pick(RESERVATIONS, random)).build();
    }
    return random.nextBoolean() ? policy.easyBackfill() : policy;
  }

  private static <T> T pick(List<T> values, Random random) {
    return values.get(random.nextInt(values.size()));
  }

  // what is done

  private static Step step(Random random, List<JobQueue> queues) {
    int job = random.nextInt(30);
    int node = random.nextInt(10);
    return switch (random.nextInt(24)) {
      case 0 -> new Cancel(job);
      case 1 -> new CancelElement(job, random.nextInt(6));
      case 2 -> new Hold(job, true);
      case 3 -> new Hold(job, false);
      case 4 -> random.nextBoolean() ? new FailNode(node) : new DrainNode(node);
      case 5, 6 -> new RestoreNode(node);
      case 7 -> random.nextInt(2) == 0 ? apply(random, queues) : new Advance(0);
      case 8, 9, 10, 11, 12 -> new Advance(random.nextInt(20));
      default -> new Submit(request(random, pick(queues, random)));
    };
  }

  private static Step apply(Random random, List<JobQueue> queues) {
    JobQueue queue = pick(queues, random);
    return new Apply(
        queue.toBuilder()
            .policy(policy(random, queue.policy().isFairShare()))
            .enabled(random.nextInt(8) != 0)
            .build());
  }

  private static JobRequest request(Random random, JobQueue queue) {
    int run = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(25);
    JobDefinition.Builder job =
        JobDefinition.builder("j")
            .command("run", String.valueOf(run), String.valueOf(random.nextInt(4)))
            .resources(need(random))
            .launch(Launch.MAIN);
    if (random.nextInt(4) != 0) {
      job.timeout(Duration.ofSeconds(1 + random.nextInt(40)));
    }
    if (random.nextInt(4) == 0) {
      job.retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE));
    }
    JobRequest.Builder request = JobRequest.builder(job.build()).queue(queue.name());
    request.priority(random.nextInt(4) == 0 ? random.nextInt(3) : 0);
    request.hold(random.nextInt(12) == 0);
    if (queue.policy().isFairShare()) {
      request.share(pick(SHARES, random));
    }
    if (random.nextInt(3) == 0) {
      request.array(1 + random.nextInt(6));
      if (run > 0 && random.nextInt(3) == 0) {
        request.throttle(1 + random.nextInt(3));
      }
    }
    return request.build();
  }

  private static Resources need(Random random) {
    Resources need =
        random.nextInt(4) == 0
            ? Resources.nodes(1 + random.nextInt(3)).cpusPerTask(1 + random.nextInt(4))
            : Resources.cpus(1 + random.nextInt(6));
    need = need.memoryGiB(1 + random.nextInt(random.nextInt(4) == 0 ? 12 : 2));
    if (random.nextInt(8) == 0) {
      need = need.gpus(1 + random.nextInt(2));
    }
    if (random.nextInt(8) == 0) {
      need = need.consumable("lic", 1 + random.nextInt(2));
    }
    if (random.nextInt(8) == 0) {
      need = need.features("fast");
    }
    return random.nextInt(8) == 0 ? need.exclusive() : need;
  }

  /** All of it, to be read by people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    queues.stream()
        .flatMap(queue -> queue.environments().stream())
        .distinct()
        .forEach(e -> text.append("\n" + e + " " + e.placement() + e.nodes() + e.consumables()));
    queues.forEach(queue -> text.append("\n").append(describe(queue)));
    steps.forEach(step -> text.append("\n  ").append(step));
    return text.toString();
  }

  private static String describe(JobQueue queue) {
    return queue
        + (" priority " + queue.priority() + (queue.enabled() ? "" : ", disabled"))
        + (", default " + queue.defaultTimeout() + ", " + queue.policy());
  }
}
