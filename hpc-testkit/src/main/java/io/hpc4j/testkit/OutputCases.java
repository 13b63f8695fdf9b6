package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFailedException;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** O: what a process reads and writes. */
abstract class OutputCases extends ShellCases {
  private Job ended(JobDefinition.Builder definition) {
    Job job = submit(definition.build());
    end(job);
    return job;
  }

  @Test
  void O01_must_write_exactly_what_the_process_writes() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    run(sh("echo Hello World").stdout("hello.txt"));

    assertThat(read("hello.txt")).isEqualTo("Hello World\n");
  }

  @Test
  void O02_must_read_back_exactly_what_the_process_wrote() {
    needs(Capability.LOGS);
    Job job =
        submit(fixture.work("h", ContractWork.quick()).command("echo", "Hello World").build());

    assertSucceeded(end(job));

    assertThat(job.logs().text()).isEqualTo("Hello World\n");
    assertThat(job.logs().entries())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.attempt()).isEqualTo(1);
              assertThat(entry.stream()).isEqualTo(Logs.Stream.STDOUT);
              assertThat(entry.location()).isNotBlank();
            });
  }

  @Test
  void O03_must_write_one_flat_file_for_each_element() throws IOException {
    needs(Capability.ARRAY, Capability.OUTPUT_PATTERN);
    run(sh("echo element $HPC4J_ARRAY_INDEX").name("flat"), r -> r.array(3));

    List<String> files = files("hpc4j-flat-");
    assertThat(files).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(files.get(i)).endsWith("_" + i + ".out");
      assertThat(read(files.get(i))).isEqualTo("element " + i + "\n");
    }
  }

  @Test
  void O04_must_feed_a_file_as_standard_input() throws IOException {
    needs(Capability.STDIN, Capability.OUTPUT_PATTERN);
    Files.writeString(directory.resolve("in.txt"), "Hello World\nGoodbye World\n");

    run(fixture.work("c", ContractWork.quick()).command("cat").stdin("in.txt").stdout("out.txt"));

    assertThat(read("out.txt")).isEqualTo("Hello World\nGoodbye World\n");
  }

  @Test
  void O05_must_give_an_empty_standard_input_when_none_is_named() throws IOException {
    run(sh("cat >copied; echo done >>copied"));

    assertThat(read("copied")).isEqualTo("done\n");
  }

  @Test
  void O06_must_keep_the_error_output_apart_when_asked() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    Job job = ended(sh("echo out; echo err >&2").stdout("out.txt").stderr("err.txt"));

    assertThat(read("out.txt")).isEqualTo("out\n");
    assertThat(read("err.txt")).isEqualTo("err\n");
    if (has(Capability.LOGS)) {
      assertThat(job.logs().stream(Logs.Stream.STDOUT).text()).isEqualTo("out\n");
      assertThat(job.logs().stream(Logs.Stream.STDERR).text()).isEqualTo("err\n");
    }
  }

  @Test
  void O07_must_put_both_outputs_in_one_place_in_their_order() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    run(sh("echo out; echo err >&2; echo again").stdout("both.txt"));

    assertThat(read("both.txt")).isEqualTo("out\nerr\nagain\n");
  }

  @Test
  void O08_must_replace_every_pattern() throws IOException {
    needs(Capability.OUTPUT_PATTERN, Capability.ARRAY);
    Job array =
        submit(
            sh("echo x").name("pattern").stdout("p-%x-%j-%a-%t-%n-%%.txt").build(),
            r -> r.array(2));

    assertSucceeded(end(array));

    String beginning = "p-pattern-" + array.id().token();
    assertThat(files("p-")).containsExactly(beginning + "-0-1-0-%.txt", beginning + "-1-1-0-%.txt");
  }

  @Test
  void O09_must_not_let_a_name_lead_output_elsewhere() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    run(sh("echo kept").name("../up/and away"));

    List<String> files = files("hpc4j-");
    assertThat(files).hasSize(1);
    assertThat(read(files.get(0))).isEqualTo("kept\n");
  }

  @Test
  void O10_must_never_write_over_the_output_of_another_job() throws IOException {
    JobDefinition.Builder same = sh("echo $HPC4J_JOB_ID").name("same");
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jobs.add(ended(same));
    }

    assertThat(files("hpc4j-same")).hasSize(3);
    if (has(Capability.LOGS)) {
      assertThat(jobs)
          .allSatisfy(job -> assertThat(job.logs().text()).isEqualTo(job.id().token() + "\n"));
    }
  }

  @Test
  void O11_must_keep_the_logs_of_each_attempt() {
    needs(Capability.LOGS, Capability.RETRY);
    Job job =
        ended(
            sh("echo attempt $HPC4J_ATTEMPT; [ $HPC4J_ATTEMPT = 2 ]")
                .retry(RetryPolicy.attempts(2)));

    assertThat(job.logs().attempt(1).text()).isEqualTo("attempt 1\n");
    assertThat(job.logs().attempt(2).text()).isEqualTo("attempt 2\n");
    assertThat(job.logs().attempt(3).text()).isEmpty();
  }

  @Test
  void O12_must_keep_the_logs_of_each_task() {
    needs(Capability.LOGS, Capability.LAUNCH_PER_TASK, Capability.MULTI_NODE);
    Job job =
        ended(
            sh("echo task $HPC4J_TASK_INDEX; >done-$HPC4J_TASK_INDEX; "
                    + "until [ -e done-1 ]; do sleep 0.02; done")
                .resources(Resources.nodes(2))
                .launch(Launch.PER_TASK));

    assertThat(job.logs().node(0).text()).contains("task 0");
    assertThat(job.logs().node(1).text()).contains("task 1");
  }

  @Test
  void O13_must_read_the_absence_of_logs_as_nothing() {
    needs(Capability.LOGS, Capability.HOLD);
    Job job = submit(sh("echo later").build(), r -> r.hold());

    assertThat(job.logs().text()).isEmpty();
    assertThat(job.logs().last().flatMap(Logs.Entry::read).orElse("")).isEmpty();
    job.cancel();
    end(job);
    assertThat(job.logs().text()).isEmpty();
  }

  @Test
  void O14_must_read_logs_that_were_deleted_as_nothing() throws IOException {
    needs(Capability.LOGS, Capability.OUTPUT_PATTERN);
    Job job = ended(sh("echo gone").stdout("gone.txt"));

    Files.delete(directory.resolve("gone.txt"));

    assertThat(job.logs().text()).isEmpty();
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void O15_must_read_the_end_of_long_output() throws IOException {
    needs(Capability.LOGS);
    Job job = ended(sh("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done"));

    assertThat(job.logs().last().orElseThrow().tail(2)).containsExactly("line 19999", "line 20000");
    assertThat(job.logs().text().lines()).hasSize(20_000);
  }

  @Test
  void O16_must_pass_on_each_line_as_it_is_followed() {
    needs(Capability.LOGS);
    List<String> lines = new CopyOnWriteArrayList<>();
    Job job = submit(sh("echo one; sleep 0.1; echo two; printf three").build());

    job.follow(lines::add);

    assertThat(lines).containsExactly("one", "two", "three");
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void O17_must_show_the_end_of_the_error_output_with_a_failure() {
    needs(Capability.LOGS);
    Job job = ended(sh("echo fine; echo no such molecule >&2; exit 3"));

    assertThatThrownBy(job::orThrow)
        .isInstanceOfSatisfying(
            JobFailedException.class,
            e -> {
              assertThat(e.outputTail()).contains("no such molecule");
              assertThat(e).hasMessageContaining("exit code 3");
            });
  }

  @Test
  void O18_must_take_output_that_is_not_text() {
    needs(Capability.LOGS);
    Job job = ended(sh("printf 'a\\377\\000b'"));

    assertThat(job.logs().text()).isEqualTo("a\ufffd\u0000b");
  }

  @Test
  void O19_must_never_run_a_job_whose_output_cannot_be_written() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    Files.writeString(directory.resolve("file"), "not a directory");
    JobDefinition definition = sh("echo ran >ran").stdout("file/out.txt").build();

    Optional<JobStatus> ending;
    try {
      ending = Optional.of(end(submit(definition)));
    } catch (InvalidJobException refused) {
      ending = Optional.empty();
    }

    ending.ifPresent(status -> assertEnded(status, JobState.FAILED, Reason.LAUNCH_FAILURE));
    assertThat(directory.resolve("ran")).doesNotExist();
  }
}
