package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ListJobs, GetJobQueueSnapshot and the limits of DescribeJobs. */
@Timeout(60)
class BatchEndpointListTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private List<String> list(String request) {
    return BatchEndpointLab.texts(aws.call("ListJobs", request).path("jobSummaryList"), "jobName");
  }

  private void submitNamed(String name) {
    aws.submit("sleep60", "{'jobName':'" + name + "'}");
  }

  @Test
  void without_a_status_only_running_jobs_are_listed() {
    submitNamed("running");
    lab.pass(1);
    lab.fill();
    submitNamed("waiting");

    assertThat(list("{'jobQueue':'default'}")).containsExactly("running");
    assertThat(list("{'jobQueue':'default','jobStatus':'RUNNABLE'}")).contains("waiting");
    assertThat(list("{'jobQueue':'default','jobStatus':'PENDING'}")).containsExactly("filler");
    assertThat(list("{'jobQueue':'fair'}")).isEmpty();
  }

  @Test
  void exactly_one_place_has_to_be_named() {
    assertThat(aws.refusal("ListJobs", "{}")).contains("Exactly one");
    assertThat(aws.refusal("ListJobs", "{'jobQueue':'default','arrayJobId':'x'}"))
        .contains("Exactly one");
  }

  @Test
  void pages_follow_each_other_newest_first_without_gap_or_repetition() {
    for (int i = 0; i < 7; i++) {
      submitNamed("job" + i);
    }
    ObjectNode request =
        BatchEndpointLab.json("{'jobQueue':'default','jobStatus':'RUNNABLE','maxResults':3}");
    List<String> names = new ArrayList<>();
    JsonNode page = aws.call("ListJobs", request);
    while (page.has("nextToken")) {
      assertThat(page.path("jobSummaryList")).hasSize(3);
      names.addAll(BatchEndpointLab.texts(page.path("jobSummaryList"), "jobName"));
      page = aws.call("ListJobs", request.put("nextToken", page.path("nextToken").asText()));
    }
    names.addAll(BatchEndpointLab.texts(page.path("jobSummaryList"), "jobName"));

    assertThat(names).containsExactly("job6", "job5", "job4", "job3", "job2", "job1", "job0");
  }

  @Test
  void names_are_found_in_any_case_and_status() {
    submitNamed("Alpha1");
    lab.runOut();
    submitNamed("alpha2");
    submitNamed("beta");

    assertThat(list("{'jobQueue':'default','filters':[{'name':'JOB_NAME','values':['ALPHA1']}]}"))
        .containsExactly("Alpha1");
    assertThat(list("{'jobQueue':'default','filters':[{'name':'JOB_NAME','values':['al*']}]}"))
        .containsExactly("alpha2", "Alpha1");
  }

  @Test
  void filters_by_time_and_definition() {
    submitNamed("early");
    lab.pass(100);
    long between = lab.time.instant().toEpochMilli();
    lab.pass(100);
    aws.submit("sleep10", "{'jobName':'late'}");

    String filter = "{'jobQueue':'default','filters':[{'name':'%s','values':['%s']}]}";
    assertThat(list(filter.formatted("BEFORE_CREATED_AT", between))).containsExactly("early");
    assertThat(list(filter.formatted("AFTER_CREATED_AT", between))).containsExactly("late");
    assertThat(list(filter.formatted("JOB_DEFINITION", "sleep10"))).containsExactly("late");
    assertThat(list(filter.formatted("JOB_DEFINITION", "sleep*"))).containsExactly("late", "early");
    assertThat(list(filter.formatted("JOB_DEFINITION", "SLEEP*"))).isEmpty();
    assertThat(aws.refusal("ListJobs", filter.formatted("COLOUR", "red"))).contains("COLOUR");
  }

  @Test
  void a_share_is_a_filter_that_the_status_still_counts_with() {
    aws.submit("sleep60", "{'jobQueue':'fair','shareIdentifier':'one','jobName':'a'}");
    aws.submit("sleep60", "{'jobQueue':'fair','shareIdentifier':'two','jobName':'b'}");

    String filter =
        "{'jobQueue':'fair','jobStatus':'%s','filters':[{'name':'SHARE_IDENTIFIER',"
            + "'values':['one']}]}";
    assertThat(list(filter.formatted("RUNNABLE"))).containsExactly("a");
    assertThat(list(filter.formatted("RUNNING"))).isEmpty();
  }

  @Test
  void children_of_an_array_are_listed_by_status() {
    aws.register("one-fails", "fail-index", "1");
    String array = aws.submit("one-fails", "{'arrayProperties':{'size':3}}");
    lab.runOut();

    JsonNode failed =
        aws.call("ListJobs", "{'arrayJobId':'" + array + "','jobStatus':'FAILED'}")
            .path("jobSummaryList");

    assertThat(BatchEndpointLab.texts(failed, "jobId")).containsExactly(array + ":1");
    assertThat(failed.path(0).path("container").path("exitCode").asInt()).isEqualTo(1);
    assertThat(failed.path(0).path("arrayProperties").path("index").asInt()).isEqualTo(1);
  }

  @Test
  void at_most_a_hundred_are_described() {
    ObjectNode request = BatchEndpointLab.json("{'jobs':[]}");
    for (int i = 0; i < 101; i++) {
      request.withArray("jobs").add("id" + i);
    }

    assertThat(aws.refusal("DescribeJobs", request))
        .isEqualTo("Maximum number of jobs supported is 100");
  }

  @Test
  void a_snapshot_shows_the_front_of_the_queue() {
    lab.fill();
    String first = aws.submit("sleep10");
    String second = aws.submit("sleep10");

    JsonNode front = aws.call("GetJobQueueSnapshot", "{'jobQueue':'default'}").path("frontOfQueue");

    assertThat(BatchEndpointLab.texts(front.path("jobs"), "jobArn"))
        .containsExactly(
            "arn:aws:batch:us-east-1:123456789012:job/" + first,
            "arn:aws:batch:us-east-1:123456789012:job/" + second);
  }

  @Test
  void under_fair_share_a_snapshot_shows_shares_in_turn_and_priorities_within() {
    lab.fill();
    String low = submitShare("a", 1);
    String high = submitShare("a", 9);
    String other = submitShare("b", 0);

    JsonNode jobs =
        aws.call("GetJobQueueSnapshot", "{'jobQueue':'fair'}").path("frontOfQueue").path("jobs");

    assertThat(BatchEndpointLab.texts(jobs, "jobArn"))
        .extracting(arn -> arn.substring(arn.lastIndexOf('/') + 1))
        .containsExactly(high, other, low);
  }

  private String submitShare(String share, int priority) {
    return aws.submit(
        "sleep60",
        "{'jobQueue':'fair','shareIdentifier':'"
            + share
            + "','schedulingPriorityOverride':"
            + priority
            + "}");
  }
}
