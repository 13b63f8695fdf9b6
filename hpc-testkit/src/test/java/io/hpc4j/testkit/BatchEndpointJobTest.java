package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.model.Work;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a job, attempt by attempt. */
@Timeout(60)
class BatchEndpointJobTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;

  @AfterEach
  void close() {
    lab.close();
  }

  private JsonNode ended(String definition, String more) {
    String id = aws.submit(definition, more);
    lab.runOut();
    return aws.describe(id);
  }

  @Nested
  class States {
    @Test
    void a_job_is_runnable_then_running_then_succeeded_with_its_times_in_milliseconds() {
      long submitted = lab.time.instant().toEpochMilli();
      String id = aws.submit("sleep60");

      assertThat(aws.status(id)).isEqualTo("RUNNABLE");
      lab.pass(10);
      assertThat(aws.status(id)).isEqualTo("RUNNING");
      lab.pass(60);

      JsonNode job = aws.describe(id);
      assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
      assertThat(job.path("createdAt").isIntegralNumber()).isTrue();
      assertThat(job.path("createdAt").asLong()).isEqualTo(submitted);
      assertThat(job.path("startedAt").asLong()).isEqualTo(submitted);
      assertThat(job.path("stoppedAt").asLong()).isEqualTo(submitted + 60_000);
    }

    @Test
    void a_failed_job_tells_its_exit_code_everywhere() {
      JsonNode job = ended("fails", "{}");

      assertThat(job.path("status").asText()).isEqualTo("FAILED");
      assertThat(job.path("statusReason").asText()).isEqualTo("Essential container in task exited");
      assertThat(job.path("container").path("exitCode").asInt()).isEqualTo(3);
      assertThat(job.path("attempts").path(0).path("container").path("exitCode").asInt())
          .isEqualTo(3);
    }

    @Test
    void an_exit_by_signal_is_128_more() {
      aws.register("killed", "signal", "9");

      assertThat(ended("killed", "{}").path("container").path("exitCode").asInt()).isEqualTo(137);
    }

    @Test
    void a_job_that_never_ran_has_neither_start_nor_stop() {
      lab.fill();
      String id = aws.submit("sleep10");
      aws.call("CancelJob", "{'jobId':'" + id + "','reason':'no'}");

      assertThat(aws.describe(id).has("startedAt")).isFalse();
      assertThat(aws.describe(id).has("stoppedAt")).isFalse();
    }

    @Test
    void an_unknown_id_is_left_out() {
      String id = aws.submit("sleep10");

      JsonNode jobs = aws.call("DescribeJobs", "{'jobs':['none','" + id + "']}").path("jobs");

      assertThat(BatchEndpointLab.texts(jobs, "jobId")).containsExactly(id);
    }

    @Test
    void an_ended_job_is_gone_after_seven_days() {
      String id = aws.submit("sleep10");
      lab.runOut();

      lab.pass(7 * 24 * 3600 - 60);
      assertThat(aws.status(id)).isEqualTo("SUCCEEDED");
      lab.pass(60);

      assertThat(aws.describe(id).isMissingNode()).isTrue();
      assertThat(lab.endpoint.jobs()).isEmpty();
    }

    @Test
    void a_running_job_is_never_purged() {
      aws.register("month", "sleep", "2592000");
      String id = aws.submit("month");

      lab.pass(20 * 24 * 3600);

      assertThat(aws.status(id)).isEqualTo("RUNNING");
    }

    @Test
    void a_job_too_large_for_every_environment_stays_runnable_and_says_why() {
      String id =
          aws.submit(
              "sleep10",
              "{'containerOverrides':{'resourceRequirements':[{'type':'VCPU','value':'64'}]}}");
      lab.runOut();

      assertThat(aws.status(id)).isEqualTo("RUNNABLE");
      assertThat(aws.describe(id).path("statusReason").asText())
          .startsWith("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - ");
    }
  }

  @Nested
  class Work_and_environment {
    @Test
    void references_take_the_values_of_parameters_the_submission_before_the_definition() {
      aws.registerWith(
          "refs", "{'parameters':{'a':'1','b':'2'}}", "sleep", "Ref::a", "x-Ref::b", "Ref::c");

      JsonNode job = ended("refs", "{'parameters':{'b':'3'}}");

      assertThat(lab.ran.get(0).work()).hasValue(Work.command("sleep", "1", "x-3", "Ref::c"));
      assertThat(job.path("parameters").path("b").asText()).isEqualTo("3");
    }

    @Test
    void overrides_change_the_command_and_single_variables() {
      aws.registerWith("base", "{}", "exit", "1");

      ended(
          "base",
          "{'containerOverrides':{'command':['sleep','1'],'environment':"
              + "[{'name':'A','value':'b'}]}}");

      assertThat(lab.ran.get(0).work()).hasValue(Work.command("sleep", "1"));
      assertThat(lab.ran.get(0).environment()).containsEntry("A", "b");
    }

    @Test
    void the_variables_of_aws_are_set() {
      JsonNode job = ended("sleep10", "{}");

      assertThat(lab.ran.get(0).environment())
          .containsEntry("AWS_BATCH_JOB_ID", job.path("jobId").asText())
          .containsEntry("AWS_BATCH_JOB_ATTEMPT", "1")
          .containsEntry("AWS_BATCH_JQ_NAME", "default");
    }

    @Test
    void vcpus_of_overrides_do_not_reach_a_definition_that_has_requirements() {
      ended("sleep10", "{'containerOverrides':{'vcpus':4}}");

      assertThat(lab.ran.get(0).resources().cpusPerNode()).isEqualTo(1);
    }

    @Test
    void requirements_become_cpus_and_mebibytes() {
      ended(
          "sleep10",
          "{'containerOverrides':{'resourceRequirements':[{'type':'VCPU','value':'3'},"
              + "{'type':'MEMORY','value':'1000'}]}}");

      assertThat(lab.ran.get(0).resources().cpusPerNode()).isEqualTo(3);
      assertThat(lab.ran.get(0).resources().memoryPerNode().toMiBCeil()).isEqualTo(1000);
    }
  }

  @Nested
  class Attempts {
    @Test
    void a_failed_attempt_is_repeated_until_one_succeeds() {
      aws.register("third", "fail-until", "3");

      JsonNode job = ended("third", "{'retryStrategy':{'attempts':5}}");

      assertThat(job.path("status").asText()).isEqualTo("SUCCEEDED");
      assertThat(job.path("attempts")).hasSize(3);
      assertThat(job.path("attempts").findValuesAsText("exitCode")).containsExactly("1", "1", "0");
      assertThat(job.path("attempts").findValuesAsText("logStreamName")).doesNotHaveDuplicates();
      assertThat(lab.ran.get(2).environment()).containsEntry("AWS_BATCH_JOB_ATTEMPT", "3");
    }

    @Test
    void the_submission_s_strategy_replaces_the_definition_s() {
      aws.registerWith("retried", "{'retryStrategy':{'attempts':3}}", "exit", "1");

      assertThat(ended("retried", "{}").path("attempts")).hasSize(3);
      assertThat(ended("retried", "{'retryStrategy':{'attempts':2}}").path("attempts")).hasSize(2);
    }

    @Test
    void the_first_entry_that_matches_decides() {
      String exitOn3 =
          "{'retryStrategy':{'attempts':4,'evaluateOnExit':["
              + "{'onExitCode':'3','action':'exit'},{'onExitCode':'*','action':'RETRY'}]}}";
      aws.register("fails4", "exit", "4");

      assertThat(ended("fails", exitOn3).path("attempts")).hasSize(1);
      assertThat(ended("fails4", exitOn3).path("attempts")).hasSize(4);
    }

    @Test
    void without_a_match_it_is_retried() {
      JsonNode job =
          ended(
              "fails",
              "{'retryStrategy':{'attempts':2,'evaluateOnExit':["
                  + "{'onExitCode':'9*','action':'EXIT'}]}}");

      assertThat(job.path("attempts")).hasSize(2);
    }

    @Test
    void all_conditions_of_an_entry_have_to_match() {
      JsonNode job =
          ended(
              "fails",
              "{'retryStrategy':{'attempts':2,'evaluateOnExit':["
                  + "{'onExitCode':'3','onStatusReason':'Host EC2*','action':'EXIT'}]}}");

      assertThat(job.path("attempts")).hasSize(2);
    }

    @Test
    void a_catch_all_for_reasons_matches_where_there_is_none() {
      JsonNode job =
          ended(
              "fails",
              "{'retryStrategy':{'attempts':2,'evaluateOnExit':["
                  + "{'onReason':'*','action':'EXIT'}]}}");

      assertThat(job.path("attempts")).hasSize(1);
    }

    @Test
    void a_reclaimed_host_is_told_apart_and_has_no_exit_code() {
      aws.register("reclaimed", "fail", "SPOT_RECLAIMED");

      JsonNode job =
          ended(
              "reclaimed",
              "{'retryStrategy':{'attempts':3,'evaluateOnExit':["
                  + "{'onStatusReason':'Host EC2*','action':'RETRY'},"
                  + "{'onReason':'*','action':'EXIT'}]}}");

      assertThat(job.path("attempts")).hasSize(3);
      assertThat(job.path("statusReason").asText())
          .matches("Host EC2 \\(instance i-[0-9a-f]{17}\\) terminated\\.");
      assertThat(job.path("container").has("exitCode")).isFalse();
    }

    @Test
    void too_much_memory_and_a_failed_start_have_aws_s_words() {
      aws.register("oom", "fail", "OUT_OF_MEMORY");
      aws.register("absent", "fail", "LAUNCH_FAILURE");

      assertThat(ended("oom", "{}").path("container").path("reason").asText())
          .isEqualTo("OutOfMemoryError: Container killed due to memory usage");
      JsonNode absent = ended("absent", "{}");
      assertThat(absent.path("statusReason").asText()).isEqualTo("Task failed to start");
      assertThat(absent.path("container").path("reason").asText())
          .startsWith("CannotStartContainerError: ");
    }

    @Test
    void an_attempt_that_takes_too_long_is_ended_and_not_repeated() {
      JsonNode job =
          ended(
              "sleep600",
              "{'timeout':{'attemptDurationSeconds':60},'retryStrategy':{'attempts':3}}");

      assertThat(job.path("status").asText()).isEqualTo("FAILED");
      assertThat(job.path("statusReason").asText())
          .isEqualTo("Job attempt duration exceeded timeout");
      assertThat(job.path("attempts")).hasSize(1);
      assertThat(job.path("stoppedAt").asLong() - job.path("startedAt").asLong()).isEqualTo(60_000);
    }
  }
}
