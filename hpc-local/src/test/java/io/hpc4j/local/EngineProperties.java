package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random programs on small clusters: what must hold holds after every step, and all ends. */
class EngineProperties {
  private static final int NODES = 3;
  private static final int CPUS = 3;

  @Property(tries = 300)
  void whatever_is_done_every_job_ends_exactly_once(
      @ForAll long seed, @ForAll @IntRange(min = 5, max = 40) int steps) {
    Random random = new Random(seed);
    try (Bench bench = open(random)) {
      for (int i = 0; i < steps; i++) {
        act(bench, random);
      }
      settle(bench);
      bench.jobs.forEach(job -> checkEnd(bench, job));
    }
  }

  private static Bench open(Random random) {
    return Bench.with(
        b ->
            b.queue(Bench.queue("normal", Bench.environment("c", NODES, CPUS)))
                .queue(
                    Bench.queue("other", Bench.environment("c", NODES, CPUS)).toBuilder()
                        .priority(random.nextInt(3) - 1)
                        .build())
                .simulate((definition, index, attempt) -> outcome(definition, index, attempt)));
  }

  private static Simulated outcome(JobDefinition definition, int index, int attempt) {
    Random random = new Random(definition.name().hashCode() * 31L + index * 7L + attempt);
    Duration duration = Duration.ofSeconds(random.nextInt(20));
    return switch (random.nextInt(6)) {
      case 0 -> Simulated.exit(1, duration);
      case 1 -> Simulated.fails(Reason.OUT_OF_MEMORY, duration);
      default -> Simulated.success(duration);
    };
  }

  private static void act(Bench bench, Random random) {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> submit(bench, random);
      case 4, 5, 6 -> bench.advance(random.nextInt(15));
      case 7 -> onJob(bench, random, id -> bench.backend.cancel(id, "random"));
      case 8 -> onElement(bench, random);
      case 9 ->
          onJob(
              bench,
              random,
              id -> {
                if (random.nextBoolean()) {
                  bench.backend.hold(id);
                } else {
                  bench.backend.release(id);
                }
              });
      case 10 -> bench.act(() -> bench.backend.failNode(node(random)));
      default -> onNode(bench, random);
    }
  }

  private static void onNode(Bench bench, Random random) {
    if (random.nextBoolean()) {
      bench.act(() -> bench.backend.drainNode(node(random), "random"));
    } else {
      bench.act(() -> bench.backend.restoreNode(node(random)));
    }
  }

  private static String node(Random random) {
    return "c-" + (1 + random.nextInt(NODES));
  }

  private static void onJob(Bench bench, Random random, Consumer<JobId> action) {
    if (!bench.jobs.isEmpty()) {
      JobId id = bench.jobs.get(random.nextInt(bench.jobs.size())).id();
      bench.act(() -> action.accept(id));
    }
  }

  private static void onElement(Bench bench, Random random) {
    List<Bench.Submitted> arrays =
        bench.jobs.stream().filter(job -> job.request().isArray()).toList();
    if (!arrays.isEmpty()) {
      Bench.Submitted array = arrays.get(random.nextInt(arrays.size()));
      JobId element = array.id().element(random.nextInt(array.request().size()));
      bench.act(() -> bench.backend.cancel(element, "random"));
    }
  }

  private static void submit(Bench bench, Random random) {
    JobDefinition.Builder definition =
        JobDefinition.builder("j" + random.nextInt(1000)).command("x").resources(need(random));
    definition.launch(Launch.MAIN);
    if (random.nextInt(3) == 0) {
      definition.retry(
          RetryPolicy.attempts(1 + random.nextInt(3))
              .delay(Duration.ofSeconds(random.nextInt(10)))
              .growMemoryOn(Reason.OUT_OF_MEMORY, 2.0)
              .retryOn(Reason.NODE_FAILURE, Reason.NON_ZERO_EXIT, Reason.TIMEOUT));
    }
    if (random.nextInt(3) == 0) {
      definition.timeout(Duration.ofSeconds(1 + random.nextInt(15)));
    }
    bench.submit(definition, options(bench, random));
  }

  private static Resources need(Random random) {
    Resources need =
        random.nextInt(4) == 0
            ? Resources.nodes(1 + random.nextInt(NODES)).cpusPerTask(1 + random.nextInt(CPUS))
            : Resources.cpus(1 + random.nextInt(CPUS));
    return need.memoryGiB(1 + random.nextInt(6));
  }

  private static UnaryOperator<JobRequest.Builder> options(Bench bench, Random random) {
    return r -> {
      r.queue(random.nextBoolean() ? "normal" : "other").priority(random.nextInt(3));
      r.hold(random.nextInt(10) == 0);
      if (random.nextInt(6) == 0) {
        r.deadline(bench.time.instant().plusSeconds(1 + random.nextInt(60)));
      }
      if (random.nextInt(6) == 0) {
        r.failIfUnschedulableFor(Duration.ofSeconds(1 + random.nextInt(30)));
      }
      if (random.nextInt(6) == 0) {
        r.begin(bench.time.instant().plusSeconds(random.nextInt(20)));
      }
      if (random.nextInt(3) == 0) {
        array(r, random);
      }
      depend(bench, random, r);
      JobRequest soFar = r.build();
      return soFar.problems().isEmpty() ? r : JobRequest.builder(soFar.definition());
    };
  }

  private static void array(JobRequest.Builder r, Random random) {
    r.array(1 + random.nextInt(6));
    if (random.nextInt(3) == 0) {
      r.throttle(1 + random.nextInt(3));
    }
    if (random.nextInt(3) == 0) {
      r.maxFailures(random.nextInt(3)).failFast(random.nextBoolean());
    }
    r.sequential(random.nextInt(4) == 0);
  }

  private static void depend(Bench bench, Random random, JobRequest.Builder r) {
    if (bench.jobs.isEmpty() || random.nextInt(2) == 0) {
      return;
    }
    Bench.Submitted on = bench.jobs.get(random.nextInt(bench.jobs.size()));
    switch (random.nextInt(4)) {
      case 0 -> r.after(on.id());
      case 1 -> r.afterEnd(on.id());
      case 2 -> r.afterFailure(on.id());
      default -> {
        if (on.request().isArray()) {
          r.array(on.request().array().orElseThrow()).afterEach(on.id());
        }
      }
    }
  }

  /** Lifts everything that keeps jobs from ending. */
  private static void settle(Bench bench) {
    for (int i = 1; i <= NODES; i++) {
      String node = "c-" + i;
      bench.act(() -> bench.backend.restoreNode(node));
    }
    bench.jobs.forEach(job -> bench.act(() -> bench.backend.release(job.id())));
    bench.advance(100_000);
  }

  private static void checkEnd(Bench bench, Bench.Submitted job) {
    JobStatus status = bench.status(job.id());
    assertThat(status.state().isEnded())
        .as("%s: %s", status, bench.backend.explain(job.id()))
        .isTrue();
    assertThat(bench.sink.of(job.id()))
        .last()
        .extracting(JobStatus::state)
        .isEqualTo(status.state());
    if (job.request().isArray()) {
      for (int i = 0; i < job.request().size(); i++) {
        checkElement(bench, job.id().element(i));
      }
    }
    bench.backend.nodes().forEach(node -> assertThat(node.cpusInUse()).isZero());
  }

  private static void checkElement(Bench bench, JobId id) {
    JobStatus status = bench.status(id);
    assertThat(status.state().isEnded()).isTrue();
    assertThat(status.reason()).isPresent();
    if (status.state() == JobState.SUCCEEDED) {
      assertThat(bench.backend.attempts(id))
          .last()
          .extracting(a -> a.state())
          .isEqualTo(JobState.SUCCEEDED);
    }
  }
}
