package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.WaitReason;
import io.hpc4j.testkit.BatchEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What AWS Batch is asked, and how often. */
class BatchEndpointQuestionsTest extends EndpointCases {
  @Test
  void a_question_about_one_job_asks_for_that_one() {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      jobs.add(hpc.submit(endless("one of many")));
    }
    int before = calls("DescribeJobs");

    assertThat(jobs.get(7).attempts()).isEmpty();
    assertThat(jobs.get(8).explain()).isPresent();
    assertThat(calls("DescribeJobs") - before).isEqualTo(2);
  }

  @Test
  void an_array_is_one_job_to_ask_for() {
    Job array = hpc.submit(endless("large"), r -> r.array(10_000));
    pass(Duration.ofSeconds(1));
    int before = calls("DescribeJobs");

    JobStatus status = backend.describe(List.of(array.id())).values().iterator().next();

    assertThat(status.state()).isEqualTo(JobState.RUNNING);
    assertThat(status.counts()).containsEntry(JobState.RUNNING, 8);
    assertThat(status.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(10_000);
    assertThat(calls("DescribeJobs") - before).isEqualTo(1);
    assertThat(calls("ListJobs")).isZero();
  }

  @Test
  void each_page_of_a_listing_is_a_call_that_is_counted() {
    for (int i = 0; i <= 100; i++) {
      String unused = register("theirs-" + i);
    }

    assertThat(backend.deleteUnusedDefinitions(Duration.ZERO)).isEmpty();

    assertThat(calls("DescribeJobDefinitions")).isEqualTo(2);
    assertThat(backend.callCounts()).containsEntry("DescribeJobDefinitions", 2);
  }

  @Test
  void queues_are_told_with_their_environments_and_policy() {
    assertThat(hpc.queues()).extracting(JobQueue::name).contains("normal", "other");
    assertThat(hpc.queues().get(0).policy().isFairShare()).isTrue();
    assertThat(hpc.environments()).hasSize(1);
    assertThat(hpc.defaultQueue()).contains("normal");
  }

  @Test
  void what_waits_behind_others_says_how_many_go_first() {
    Job running = hpc.submit(endless("all"), r -> r.array(8));
    pass(Duration.ofSeconds(1));
    Job first = hpc.submit(quick("first"));
    Job second = hpc.submit(quick("second"));
    pass(Duration.ofSeconds(1));

    assertThat(running.refresh().state()).isEqualTo(JobState.RUNNING);
    assertThat(first.explain().map(WaitReason::kind)).contains(WaitReason.Kind.RESOURCES);
    assertThat(second.explain().map(WaitReason::kind)).contains(WaitReason.Kind.PRIORITY);
  }

  @Test
  void nobody_is_asked_when_a_backend_is_made() {
    int before =
        List.of("DescribeJobs", "DescribeJobQueues", "ListJobs").stream()
            .mapToInt(this::calls)
            .sum();
    BatchEndpoint same = endpoint;

    assertThat(program(b -> b).toString()).startsWith("batch:port-");
    assertThat(same).isSameAs(endpoint);
    assertThat(calls("DescribeJobs") + calls("DescribeJobQueues") + calls("ListJobs"))
        .isEqualTo(before);
  }
}
