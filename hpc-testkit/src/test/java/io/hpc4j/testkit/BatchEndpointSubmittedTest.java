package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that the scheduler has not looked at yet. */
@Timeout(60)
class BatchEndpointSubmittedTest {
  private static final String ARRAY = "{'arrayProperties':{'size':3}}";

  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @BeforeEach
  void looks_every_half_minute() {
    lab.endpoint.faults().submittedFor(Duration.ofSeconds(30));
  }

  @AfterEach
  void close() {
    lab.close();
  }

  private void stop(String operation, String id) {
    aws.call(operation, "{'jobId':'" + id + "','reason':'no'}");
  }

  @Test
  void a_job_is_submitted_first_and_then_runs() {
    String id = aws.submit("sleep10");
    long submitted = lab.time.instant().toEpochMilli();

    lab.pass(29);
    assertThat(aws.status(id)).isEqualTo("SUBMITTED");
    JsonNode listed =
        aws.call("ListJobs", "{'jobQueue':'default','jobStatus':'SUBMITTED'}")
            .path("jobSummaryList");
    assertThat(BatchEndpointLab.texts(listed, "jobId")).containsExactly(id);
    lab.runOut();

    JsonNode job = aws.describe(id);
    assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
    assertThat(job.path("createdAt").asLong()).isEqualTo(submitted);
    assertThat(job.path("startedAt").asLong()).isEqualTo(submitted + 30_000);
  }

  @Test
  void children_come_into_being_later_than_their_array() {
    String id = aws.submit("sleep60", ARRAY);
    long submitted = lab.time.instant().toEpochMilli();

    JsonNode early = aws.describe(id);
    assertThat(early.path("status").asText()).isEqualTo("SUBMITTED");
    assertThat(early.path("arrayProperties").path("size").asInt()).isEqualTo(3);
    early
        .path("arrayProperties")
        .path("statusSummary")
        .forEach(n -> assertThat(n.asInt()).isZero());
    assertThat(aws.describe(id + ":0").isMissingNode()).isTrue();
    assertThat(
            aws.call("ListJobs", "{'arrayJobId':'" + id + "','jobStatus':'SUBMITTED'}")
                .path("jobSummaryList"))
        .isEmpty();
    lab.pass(31);

    assertThat(aws.status(id)).isEqualTo("PENDING");
    assertThat(aws.describe(id + ":0").path("createdAt").asLong()).isEqualTo(submitted + 30_000);
    assertThat(aws.status(id + ":0")).isEqualTo("RUNNING");
  }

  @Test
  void what_it_waits_for_may_end_before_it_is_looked_at() {
    lab.endpoint.faults().none();
    String good = aws.submit("sleep10");
    String bad = aws.submit("fails");
    lab.endpoint.faults().submittedFor(Duration.ofSeconds(30));
    String afterGood = aws.submit("sleep10", "{'dependsOn':[{'jobId':'" + good + "'}]}");
    String afterBad = aws.submit("sleep10", "{'dependsOn':[{'jobId':'" + bad + "'}]}");
    lab.pass(20);
    assertThat(aws.status(afterGood)).isEqualTo("SUBMITTED");
    assertThat(aws.status(afterBad)).isEqualTo("SUBMITTED");

    lab.runOut();

    assertThat(aws.status(afterGood)).isEqualTo("SUCCEEDED");
    assertThat(aws.status(afterBad)).isEqualTo("FAILED");
  }

  @Test
  void one_by_one_waits_for_children_that_are_not_there_yet() {
    String first = aws.submit("sleep10", ARRAY);
    lab.endpoint.faults().none();
    String second =
        aws.submit(
            "sleep10",
            "{'arrayProperties':{'size':3},'dependsOn':[{'type':'N_TO_N','jobId':'"
                + first
                + "'}]}");
    assertThat(aws.status(second + ":1")).isEqualTo("PENDING");

    lab.runOut();

    assertThat(aws.status(second)).isEqualTo("SUCCEEDED");
  }

  @Test
  void cancel_and_terminate_end_what_is_submitted() {
    String job = aws.submit("sleep10");
    String array = aws.submit("sleep10", ARRAY);

    stop("CancelJob", job);
    stop("TerminateJob", array);
    lab.runOut();

    assertThat(aws.status(job)).isEqualTo("FAILED");
    assertThat(aws.status(array)).isEqualTo("FAILED");
    assertThat(aws.describe(array + ":2").path("statusReason").asText()).isEqualTo("no");
    assertThat(lab.ran).isEmpty();
  }
}
