package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpc4j.Job;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Exit;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JavaTask;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** P: how processes start and end, and that none is left. */
abstract class ProcessCases extends ShellCases {
  @Test
  void P01_must_keep_every_exit_code() {
    for (int code : new int[] {1, 2, 42, 100, 126, 127, 128, 193, 255}) {
      JobStatus status = end(submit(sh("exit $1", String.valueOf(code)).build()));

      assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
      assertThat(status.exit()).contains(Exit.code(code));
    }
  }

  @Test
  void P02_must_never_take_a_signal_for_success() {
    JobStatus status = end(submit(sh("kill -9 $$").build()));

    assertThat(status.state()).isEqualTo(JobState.FAILED);
    assertThat(status.reason().orElseThrow()).isIn(Reason.SIGNALLED, Reason.NON_ZERO_EXIT);
    assertThat(status.exit().orElseThrow().signal()).hasValue(9);
  }

  @Test
  void P03_must_tell_a_signal_from_an_exit_code_or_say_that_it_cannot() {
    Exit code = end(submit(sh("exit 137").build())).exit().orElseThrow();
    Exit signal = end(submit(sh("kill -9 $$").build())).exit().orElseThrow();

    if (backend.capabilities().support(Capability.EXIT_SIGNAL) == Capabilities.Support.NATIVE) {
      assertThat(code).isEqualTo(Exit.code(137));
      assertThat(signal).isEqualTo(Exit.signal(9));
    } else {
      assertThat(code.isAmbiguous()).isTrue();
      assertThat(signal.isAmbiguous()).isTrue();
    }
  }

  @Test
  void P04_must_report_a_program_that_is_not_there_with_its_path_and_place() {
    JobDefinition missing =
        fixture.work("missing", ContractWork.quick()).command("/no/such/program", "x").build();

    JobStatus status = end(submit(missing));

    assertEnded(status, JobState.FAILED, Reason.LAUNCH_FAILURE);
    assertThat(status.message()).contains("/no/such/program").contains(directory.toString());
  }

  @Test
  void P05_must_report_a_program_that_may_not_be_run() throws IOException {
    Path file = Files.writeString(directory.resolve("plain.txt"), "no program");
    JobDefinition plain =
        fixture.work("plain", ContractWork.quick()).command(file.toString()).build();

    JobStatus status = end(submit(plain));

    assertEnded(status, JobState.FAILED, Reason.LAUNCH_FAILURE);
    assertThat(status.message()).contains(file.toString());
  }

  @Test
  void P06_must_never_run_in_a_directory_that_is_not_there() {
    needs(Capability.WORKING_DIRECTORY);
    String nowhere = directory.resolve("nowhere").toString();
    JobDefinition definition = sh("echo ran >../ran").workingDirectory(nowhere).build();
    String message;
    try {
      JobStatus status = end(submit(definition));
      assertEnded(status, JobState.FAILED, Reason.LAUNCH_FAILURE);
      message = status.message();
    } catch (InvalidJobException refused) {
      message = String.valueOf(refused.getMessage());
    }

    assertThat(message).contains(nowhere);
    assertThat(directory.resolve("ran")).doesNotExist();
  }

  @Test
  void P07_must_ask_a_process_to_end_before_it_is_killed() throws IOException {
    Job job = startTrapping("echo asked >asked; exit 0");

    job.cancel("enough");

    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
    assertThat(read("asked")).isEqualTo("asked\n");
  }

  @Test
  void P08_must_kill_a_process_that_does_not_end_when_asked() {
    Job job = startTrapping("");

    job.cancel("enough");

    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
    assertNoProcess(job);
  }

  @Test
  void P09_must_report_a_timeout_whatever_the_process_makes_of_it() {
    needs(Capability.TIMEOUT);
    Job polite =
        submit(trapping("exit 0", "ready-polite").timeout(fixture.shortestTimeout()).build());
    Job deaf = submit(trapping("", "ready-deaf").timeout(fixture.shortestTimeout()).build());

    assertEnded(end(polite), JobState.FAILED, Reason.TIMEOUT);
    assertEnded(end(deaf), JobState.FAILED, Reason.TIMEOUT);
    assertNoProcess(deaf);
  }

  private Job startTrapping(String onTerm) {
    Job job = submit(trapping(onTerm, "ready").build());
    until("the process is ready", () -> Files.exists(directory.resolve("ready")));
    return running(job);
  }

  /** A process that does something when it is asked to end; with nothing to do it ignores that. */
  private JobDefinition.Builder trapping(String onTerm, String ready) {
    return sh("trap \"$1\" TERM; echo >\"$2\"; while :; do sleep 0.05; done", onTerm, ready);
  }

  @Test
  void P10_must_leave_no_descendant_of_a_cancelled_job() {
    Job job = submit(sh("sleep 1000 & sh -c 'sleep 1000; :' & echo >ready; wait").build());
    until("the process is ready", () -> Files.exists(directory.resolve("ready")));

    job.cancel();
    end(job);

    assertNoProcess(job);
  }

  @Test
  void P11_must_leave_no_descendant_of_a_timed_out_job() {
    needs(Capability.TIMEOUT);
    Job job =
        submit(
            sh("sleep 1000 & sh -c 'sleep 1000; :' & wait")
                .timeout(fixture.shortestTimeout())
                .build());

    assertEnded(end(job), JobState.FAILED, Reason.TIMEOUT);
    assertNoProcess(job);
  }

  @Test
  void P12_must_leave_no_process_when_it_is_closed() {
    assumeTrue(fixture.endsJobsOnClose(), "jobs end with the backend");
    Job array = submit(endless("array"), r -> r.array(3));
    array.elements().forEach(this::running);
    Job deaf = startTrapping("");

    hpc.close();

    assertNoProcess(array);
    assertNoProcess(deaf);
  }

  @Test
  void P13_must_end_all_tasks_when_the_first_ends() {
    needs(Capability.LAUNCH_PER_TASK, Capability.MULTI_NODE);
    Job job =
        submit(
            sh("[ $HPC4J_TASK_INDEX = 0 ] && exit 4; sleep 1000 & wait")
                .resources(Resources.nodes(3))
                .launch(Launch.PER_TASK)
                .build());

    JobStatus status = end(job);

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(status.exit()).contains(Exit.code(4));
    assertNoProcess(job);
    assertThat(cpusInUse()).isZero();
  }

  @Test
  void P14_must_cancel_all_tasks_of_a_gang() {
    needs(Capability.LAUNCH_PER_NODE, Capability.MULTI_NODE);
    Job job =
        running(
            submit(sh("sleep 1000").resources(Resources.nodes(3)).launch(Launch.PER_NODE).build()));

    job.cancel();

    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
    assertNoProcess(job);
  }

  @Test
  void P15_must_interrupt_a_cancelled_java_task() {
    needs(Capability.JAVA_TASK);
    CompletableFuture<Boolean> entered = new CompletableFuture<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    JavaTask<String> task =
        context -> {
          entered.complete(true);
          try {
            new CountDownLatch(1).await();
            return "never";
          } finally {
            interrupted.complete(true);
          }
        };
    Job job = running(submit(fixture.work("java", ContractWork.quick()).java(task).build()));
    assertThat(done(entered)).isTrue();

    job.cancel();

    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
    assertThat(done(interrupted)).isTrue();
  }

  private void assertNoProcess(Job job) {
    assertNoProcessOf(List.of(job.id().token()));
  }
}
