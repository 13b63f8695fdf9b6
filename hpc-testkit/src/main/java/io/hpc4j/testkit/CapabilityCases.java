package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.SAME_THREAD;

import io.hpc4j.Job;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.UnsupportedFeatureException;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;

/** K: capabilities are truthful. */
abstract class CapabilityCases extends Cases {
  /** No request asks for these; O, E and P look at them. */
  private static final Set<Capability> NOT_ASKED_FOR =
      EnumSet.of(
          Capability.LOGS,
          Capability.NODES,
          Capability.EXIT_SIGNAL,
          Capability.CPU_TIME,
          Capability.MEMORY_LIMIT);

  private Stream<Capability> capabilities() {
    return EnumSet.complementOf(EnumSet.copyOf(NOT_ASKED_FOR)).stream();
  }

  @TestFactory
  @Execution(SAME_THREAD) // each looks at what the others have left
  Stream<DynamicTest> K01_must_do_what_it_declares_and_refuse_what_it_does_not() {
    return capabilities()
        .map(
            capability ->
                DynamicTest.dynamicTest(
                    capability + " " + backend.capabilities().support(capability),
                    () -> {
                      if (has(capability)) {
                        assertWorks(capability);
                      } else {
                        assertRefused(capability);
                      }
                    }));
  }

  private void assertWorks(Capability capability) {
    JobRequest request = asking(capability);
    if (isBeyondTheCluster(capability)) {
      assertThat(refused(request))
          .extracting(Problem::field)
          .anyMatch(field -> field.startsWith("resources") || field.equals("share"));
      return;
    }
    Job job = submit(request.definition(), r -> request.toBuilder());
    if (request.hold()) {
      assertThat(waiting(job, JobState.PENDING).state()).isEqualTo(JobState.PENDING);
      job.release();
    }
    assertSucceeded(end(job));
  }

  /** GPUs, consumables, node features and shares need not be part of the standard cluster. */
  private boolean isBeyondTheCluster(Capability capability) {
    return (capability == Capability.GPUS
            && hpc.nodes().stream().noneMatch(node -> node.capacity().gpus() > 0))
        || (capability == Capability.NODE_FEATURES && features().findAny().isEmpty())
        || (capability == Capability.SHARE && queueWithShares().isEmpty())
        || (capability == Capability.CONSUMABLES
            && hpc.environments().stream().allMatch(e -> e.consumables().isEmpty()));
  }

  private void assertRefused(Capability capability) {
    List<Object> before = traces();
    JobRequest request = asking(capability);
    before.addAll(traces().stream().filter(trace -> !before.contains(trace)).toList());

    List<Problem> problems = new ArrayList<>();
    try {
      hpc.submit(request);
    } catch (UnsupportedFeatureException e) {
      problems.addAll(e.problems());
    }

    assertThat(problems)
        .as("refusal of %s", capability)
        .extracting(Problem::value)
        .contains(capability.name());
    assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
  }

  @TestFactory
  @Execution(SAME_THREAD) // each looks at what the others have left
  Stream<DynamicTest> K02_must_name_in_the_plan_what_is_emulated_or_not_used() {
    return capabilities()
        .filter(this::has)
        .filter(capability -> !isBeyondTheCluster(capability))
        .map(
            capability ->
                DynamicTest.dynamicTest(
                    capability + " " + backend.capabilities().support(capability),
                    () -> assertPlanned(capability)));
  }

  private void assertPlanned(Capability capability) {
    JobRequest request = asking(capability);
    String field = request.needs().get(capability);

    Plan plan = hpc.plan(request);

    Capabilities.Support support = backend.capabilities().support(capability);
    if (support == Capabilities.Support.UNUSED) {
      assertThat(plan.notes())
          .anyMatch(n -> n.kind() == Plan.Kind.UNUSED && n.field().startsWith(field));
    } else if (support == Capabilities.Support.EMULATED) {
      assertThat(plan.notes())
          .anyMatch(
              n ->
                  (n.kind() == Plan.Kind.EMULATED || n.kind() == Plan.Kind.ENDS_WITH_CLIENT)
                      && n.field().startsWith(field));
    } else {
      assertThat(plan.notes())
          .noneMatch(n -> n.kind() == Plan.Kind.UNUSED && n.field().equals(field));
    }
  }

  @Test
  void K03_must_refuse_all_at_once_what_it_does_not_declare() {
    JobRequest.Builder request = JobRequest.builder(asking(Capability.COMMAND).definition());
    request.array(IndexSet.of(1, 3)).throttle(1).maxFailures(0).sequential().priority(1).hold();
    JobRequest everything = request.begin(backend.time().instant()).build();
    List<String> missing =
        everything.needs().keySet().stream().filter(c -> !has(c)).map(Enum::name).toList();

    assertThat(backend.capabilities().problems(everything))
        .extracting(Problem::value)
        .containsExactlyElementsOf(missing);
  }

  @Test
  void K04_must_refuse_what_is_beyond_its_limits() {
    Capabilities capabilities = backend.capabilities();
    JobRequest shortest = JobRequest.builder(quick("short")).timeout(Duration.ofNanos(1)).build();
    JobRequest large =
        JobRequest.builder(quick("large"))
            .array(capabilities.maxArraySize().orElse(JobRequest.MAX_ARRAY_SIZE) + 1)
            .build();

    assertThat(capabilities.problems(shortest).isEmpty())
        .isEqualTo(has(Capability.TIMEOUT) && capabilities.minTimeout().isEmpty());
    assertThat(refused(large)).extracting(Problem::field).contains("array.size");
  }

  @Test
  void K05_must_declare_the_same_as_long_as_it_is_open() {
    Capabilities before = backend.capabilities();

    end(submit(quick("between")));

    for (Capability capability : Capability.values()) {
      assertThat(backend.capabilities().support(capability)).isEqualTo(before.support(capability));
    }
  }

  // ---- the smallest request that asks for a capability

  private JobRequest asking(Capability capability) {
    JobDefinition quick = quick("asks for " + capability);
    JobDefinition.Builder definition = quick.toBuilder();
    JobRequest.Builder request = JobRequest.builder(quick);
    return switch (capability) {
      case COMMAND -> of(definition.command(ContractWork.quick().command()));
      case SCRIPT -> of(definition.script("#!/bin/sh\nexit 0\n"));
      case JAVA_TASK -> of(definition.java(context -> context.attempt()));
      case SIMULATED -> of(definition.work(Work.simulated(fixture.unit())));
      case IMAGE ->
          quick.image().isPresent() ? request.build() : of(definition.image("example.org/any:1"));
      case GPUS -> of(definition.resources(Resources.cpus(1).gpus(1)));
      case CONSUMABLES -> of(definition.resources(Resources.cpus(1).consumable(consumable(), 1)));
      case NODE_FEATURES ->
          of(
              definition.resources(
                  Resources.cpus(1).features(features().findFirst().orElse("any"))));
      case EXCLUSIVE -> of(definition.resources(Resources.cpus(1).exclusive()));
      case MULTI_NODE -> of(definition.resources(Resources.nodes(2)).launch(launch()));
      case LAUNCH_MAIN -> of(definition.resources(Resources.nodes(2)).launch(Launch.MAIN));
      case LAUNCH_PER_NODE -> of(definition.launch(Launch.PER_NODE));
      case LAUNCH_PER_TASK -> of(definition.launch(Launch.PER_TASK));
      case ARRAY -> request.array(2).build();
      case SPARSE_ARRAY -> request.array(IndexSet.of(1, 3)).build();
      case THROTTLE -> request.array(3).throttle(1).build();
      case SEQUENTIAL -> request.array(2).sequential().build();
      case FAILURE_BUDGET -> request.array(2).maxFailures(1).build();
      case AFTER -> request.after(ended(quick)).build();
      case AFTER_END -> request.afterEnd(ended(quick)).build();
      case AFTER_FAILURE -> request.afterFailure(ended(failing("required"))).build();
      case AFTER_EACH -> afterEach(request, quick);
      case RETRY -> request.retry(RetryPolicy.attempts(2)).build();
      case TIMEOUT -> request.timeout(Duration.ofHours(1)).build();
      case PRIORITY -> request.priority(5).build();
      case SHARE -> {
        queueWithShares().ifPresent(request::queue);
        yield request.share("physics").build();
      }
      case HOLD -> request.hold().build();
      case BEGIN -> request.begin(backend.time().instant()).build();
      case DEADLINE -> request.deadline(backend.time().instant().plus(Duration.ofDays(1))).build();
      case UNSCHEDULABLE_LIMIT -> request.failIfUnschedulableFor(Duration.ofDays(1)).build();
      case WORKING_DIRECTORY -> of(definition.workingDirectory(directory));
      case OUTPUT_PATTERN -> of(definition.stdout("asked-%j_%a.txt"));
      case STDIN -> of(definition.stdin("/dev/null"));
      case INHERIT_ENVIRONMENT -> of(definition.inheritEnvironment());
      case LOGS, NODES, EXIT_SIGNAL, CPU_TIME, MEMORY_LIMIT ->
          throw new AssertionError("no request asks for " + capability);
    };
  }

  private static JobRequest of(JobDefinition.Builder definition) {
    return JobRequest.of(definition.build());
  }

  private Optional<String> queueWithShares() {
    return hpc.queues().stream()
        .filter(queue -> queue.policy().isFairShare())
        .map(JobQueue::name)
        .findFirst();
  }

  private Stream<String> features() {
    return hpc.nodes().stream().flatMap(node -> node.capacity().features().stream());
  }

  private String consumable() {
    return hpc.environments().stream()
        .flatMap(environment -> environment.consumables().keySet().stream())
        .findFirst()
        .orElse("licence");
  }

  private Job ended(JobDefinition definition) {
    Job job = submit(definition);
    end(job);
    return job;
  }

  private JobRequest afterEach(JobRequest.Builder request, JobDefinition quick) {
    Job before = has(Capability.ARRAY) ? submit(quick, r -> r.array(2)) : submit(quick);
    end(before);
    return request.array(2).afterEach(before).build();
  }
}
