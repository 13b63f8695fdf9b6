package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** AWS is asked for what somebody wants to know, and for what the program has to know itself. */
class BatchEndpointAskingTest extends EndpointCases {
  private static final int SOME = 150;
  private static final RetryPolicy LATER = RetryPolicy.attempts(2).delay(Duration.ofMinutes(30));

  private List<Job> submitted(JobClient to) {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < SOME; i++) {
      jobs.add(to.submit(endless("job")));
    }
    return jobs;
  }

  @Test
  void the_status_of_one_job_is_one_question_however_many_are_open() {
    List<Job> jobs = submitted(hpc);
    Job array = hpc.submit(endless("array"), r -> r.array(10));
    int before = calls("DescribeJobs");

    assertThat(hpc.status(jobs.subList(0, 1))).hasSize(1);
    assertThat(array.element(3).state().isEnded()).isFalse();

    assertThat(calls("DescribeJobs") - before).isEqualTo(2);
  }

  @Test
  void jobs_of_others_that_were_listed_are_not_asked_for_ever_after() {
    submitted(client(program(b -> b.scope("other"))));
    JobClient client = client(program(b -> b.scope("lists")));
    Job mine = client.submit(endless("mine"));

    assertThat(client.list(JobFilter.open())).hasSize(SOME + 1);
    int before = calls("DescribeJobs");
    Object unused = mine.refresh();

    assertThat(calls("DescribeJobs") - before).isEqualTo(1);
  }

  @Test
  void what_waits_for_an_element_goes_when_that_has_succeeded() {
    ContractWork work = ContractWork.endless().inElements(1).otherwise(ContractWork.quick());
    Job array = hpc.submit(fixture.work("array", work).retry(LATER).build(), r -> r.array(2));
    JobId first = array.id().job().element(0);

    Job next = hpc.submit(quick("next"), r -> r.after(() -> first));

    assertThat(end(next).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(array.refresh().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void jobs_that_end_at_once_are_answered_before_they_are_forgotten() {
    JobClient client = client(program(b -> b.scope("forgets").mostOver(1)));
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      jobs.add(client.submit(quick("job")));
    }
    int before = calls("ListJobs");

    client.awaitAll(jobs);

    assertThat(calls("ListJobs") - before).isZero();
  }

  @Test
  void an_array_whose_budget_is_spent_is_not_listed_again_while_nothing_changes() {
    ContractWork work =
        ContractWork.quick().exit(1).inElements(0).otherwise(ContractWork.endless());
    Job array = hpc.submit(fixture.work("budget", work).build(), r -> r.array(4).maxFailures(0));
    pass(HOUR);
    int before = calls("ListJobs");

    pass(HOUR);

    assertThat(array.status().count(JobState.RUNNING)).isEqualTo(3);
    assertThat(calls("ListJobs") - before).isZero();
  }
}
