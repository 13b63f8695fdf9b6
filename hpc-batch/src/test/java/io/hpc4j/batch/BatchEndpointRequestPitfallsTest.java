package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobRef;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.KeyValuePair;

/** What AWS refuses, ignores or takes otherwise than it was meant: pitfalls 6 to 9, 18 and 20. */
class BatchEndpointRequestPitfallsTest extends PitfallCases {
  // 6: too large: refused by AWS, or failed after it was taken
  @Test
  void what_is_too_large_is_refused_with_its_largest_fields() {
    JobDefinition large = quick("large").toBuilder().environment("BIG", "x".repeat(9000)).build();

    assertThat(refused(JobRequest.of(large)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.field()).isEqualTo("environment");
              assertThat(problem.rule()).contains("8192").contains("environment BIG 9003");
            });
  }

  // 6
  @Test
  void a_submission_that_is_too_large_as_a_whole_is_refused() {
    BatchOptions more =
        BatchOptions.create()
            .changeSubmission(s -> s.parameters(Map.of("more", "x".repeat(30 * 1024))));

    assertThat(refused(quick("large"), more))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("submission", "30720"));
  }

  // 6
  @Test
  void a_definition_that_is_too_large_is_refused() {
    KeyValuePair large = KeyValuePair.builder().name("MORE").value("x".repeat(24 * 1024)).build();
    BatchOptions more =
        BatchOptions.create()
            .changeDefinition(d -> d.containerProperties(c -> c.image("any").environment(large)));

    assertThat(refused(quick("large"), more))
        .singleElement()
        .satisfies(problem -> assertThat(problem.rule()).contains("definition", "24576"));
  }

  // 7: "Command cannot be empty"
  @Test
  void an_empty_word_of_a_command_is_refused() {
    JobDefinition empty = quick("empty").toBuilder().command("echo", "a", "").build();

    assertThat(refused(JobRequest.of(empty)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("work.command"));
  }

  // 8: more than 20 dependencies
  @Test
  void many_dependencies_are_gathered_by_jobs_that_do_nothing_else() {
    List<Job> firsts =
        IntStream.range(0, 45).mapToObj(i -> hpc.submit(endless("first " + i))).toList();
    Job last = hpc.submit(quick("last"), r -> r.after(firsts.toArray(JobRef[]::new)));

    assertThat(endpoint.jobs()).hasSize(45 + 3 + 1);
    assertThat(described(48).dependsOn()).hasSize(3);
    assertThat(last.refresh().state()).isEqualTo(JobState.PENDING);
    firsts.get(44).cancel();
    firsts.get(44).await(fixture.patience());
    firsts.forEach(Job::cancel);
    assertThat(end(last).status().reason()).contains(Reason.DEPENDENCY_FAILED);
  }

  // 9: arrays of more than 10,000
  @Test
  void an_array_beyond_aws_limit_is_several_with_the_right_indices_and_one_handle() {
    ContractWork work = ContractWork.quick().exit(4).inElements(10_001);
    Job array = end(hpc.submit(fixture.work("huge", work).build(), r -> r.array(10_002)));

    assertThat(endpoint.jobs()).hasSize(2);
    assertThat(array.status().count(JobState.SUCCEEDED)).isEqualTo(10_001);
    assertThat(array.indices(JobState.FAILED)).isEqualTo(IndexSet.of(10_001));
    assertThat(hpc.list(JobFilter.all())).hasSize(1);
  }

  // 18: a default timeout that kills real jobs
  @Test
  void only_a_job_with_a_timeout_is_sent_one_and_none_of_less_than_a_minute() {
    end(hpc.submit(quick("without")));
    end(hpc.submit(quick("with").toBuilder().timeout(HOUR).build()));
    JobDefinition minute = quick("minute").toBuilder().timeout(Duration.ofSeconds(60)).build();
    JobDefinition less = minute.toBuilder().timeout(Duration.ofSeconds(59)).build();

    assertThat(described(0).timeout()).isNull();
    assertThat(described(1).timeout().attemptDurationSeconds()).isEqualTo(3600);
    assertThat(problems(JobRequest.of(minute))).isEmpty();
    assertThat(refused(JobRequest.of(less)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.field()).isEqualTo("timeout"));
  }

  // 20: vcpus and memory in overrides are ignored
  @Test
  void cpus_and_memory_are_resource_requirements_and_nothing_else() {
    JobDefinition work = quick("x").toBuilder().resources(Resources.cpus(2).memoryGiB(1)).build();

    assertThat(hpc.plan(JobRequest.of(work)).artifacts().values())
        .hasSize(2)
        .noneMatch(request -> request.contains("\"vcpus\"") || request.contains("\"memory\""));
    end(hpc.submit(work));
    assertThat(described(0).container().resourceRequirements())
        .contains(requirement("VCPU", "2"), requirement("MEMORY", "1024"));
  }
}
