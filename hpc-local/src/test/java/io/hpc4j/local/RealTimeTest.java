package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.JavaTask;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import io.hpc4j.spi.StatusSink;
import io.hpc4j.spi.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(90)
class RealTimeTest {
  @TempDir Path directory;
  private final RecordingSink sink = new RecordingSink().withElements();
  private LocalBackend backend;

  @BeforeEach
  void open() {
    backend =
        LocalBackend.builder()
            .queue(Bench.queue("normal", Bench.environment("c", 2, 4)))
            .workingDirectory(directory)
            .grace(Duration.ofMillis(300))
            .build();
    backend.pushTo(sink);
  }

  @AfterEach
  void close() {
    backend.close();
    sink.check();
  }

  private JobId submit(JobDefinition.Builder definition, UnaryOperator<JobRequest.Builder> more) {
    JobRequest request = more.apply(JobRequest.builder(definition.build())).build();
    JobId id = JobId.create(backend.name(), backend.scope());
    assertThat(request.problems()).isEmpty();
    assertThat(backend.check(request)).isEmpty();
    backend.submit(new Submission(id, request, part -> {}));
    return id;
  }

  private JobId submit(JobDefinition.Builder definition) {
    return submit(definition, r -> r);
  }

  private static JobDefinition.Builder sh(String script) {
    return JobDefinition.builder("sh").command("sh", "-c", script);
  }

  private static JobDefinition.Builder java(JavaTask<?> task) {
    return JobDefinition.builder("task").java(task);
  }

  @Test
  void a_command_runs_and_its_output_is_kept() throws Exception {
    JobId job = submit(sh("echo hello; echo $HPC4J_NODE_LIST"));

    JobStatus end = sink.awaitEnd(job);

    assertThat(end.describe()).startsWith("SUCCEEDED");
    assertThat(backend.logs(job).text()).isEqualTo("hello\nc-1\n");
    assertThat(sink.states(job))
        .containsSubsequence(
            JobState.RUNNABLE, JobState.STARTING, JobState.RUNNING, JobState.SUCCEEDED);
  }

  @Test
  void the_exit_code_and_the_missing_program_are_told() throws Exception {
    JobId three = submit(sh("exit 3"));
    JobId missing = submit(JobDefinition.builder("m").command("/no/such/program"));

    assertThat(sink.awaitEnd(three).exit().orElseThrow().code()).hasValue(3);
    JobStatus end = sink.awaitEnd(missing);

    assertThat(end.reason()).contains(Reason.LAUNCH_FAILURE);
    assertThat(end.message()).contains("/no/such/program").contains(directory.toString());
  }

  @Test
  void a_program_that_ignores_the_request_to_end_is_killed_with_its_children() throws Exception {
    Path pids = directory.resolve("pids");
    JobId job =
        submit(
            sh(
                "trap '' TERM; sleep 1000 & echo $$ $! > pids.new; mv pids.new pids; echo up;"
                    + " while true; do sleep 1000; done"));
    sink.await(job, s -> s.state() == JobState.RUNNING);
    awaitFile(pids);

    backend.cancel(job, "stop");

    JobStatus end = sink.awaitEnd(job);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.message()).contains("stop");
    for (String pid : Files.readString(pids).strip().split(" ", -1)) {
      assertThat(isAlive(Long.parseLong(pid))).as("process %s", pid).isFalse();
    }
  }

  /** A zombie has ended; when it is reaped is up to the machine's init. */
  private static boolean isAlive(long pid) throws IOException {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      return !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Waits by a job of its own, which needs no clock. */
  private void awaitFile(Path file) throws InterruptedException {
    JobId there = submit(sh("until [ -e '" + file + "' ]; do sleep 0.02; done"));
    sink.awaitEnd(there);
  }

  @Test
  void a_timeout_ends_the_process() throws Exception {
    JobId job = submit(sh("sleep 1000").timeout(Duration.ofMillis(200)));

    assertThat(sink.awaitEnd(job).describe()).startsWith("FAILED (TIMEOUT");
  }

  @Test
  void an_element_cancelled_in_the_grace_of_its_timeout_gets_no_further_attempt() throws Exception {
    Path asked = directory.resolve("asked");
    JobId array =
        submit(
            sh("trap 'touch " + asked + "' TERM; while true; do sleep 0.02; done")
                .timeout(Duration.ofMillis(100))
                .retry(RetryPolicy.attempts(3).retryOn(Reason.TIMEOUT)),
            r -> r.array(1));
    awaitFile(asked);

    backend.cancel(array.element(0), "stop");

    sink.awaitEnd(array);
    assertThat(backend.attempts(array.element(0))).hasSize(1);
  }

  @Test
  void every_task_of_every_node_is_started_and_the_main_task_ends_the_job() throws Exception {
    JobId job =
        submit(
            JobDefinition.builder("mpi")
                .command(
                    "sh",
                    "-c",
                    "echo $HPC4J_TASK_INDEX $HPC4J_NODE_INDEX > task$HPC4J_TASK_INDEX;"
                        + " if [ $HPC4J_TASK_INDEX != 0 ]; then sleep 1000; fi;"
                        + " for i in 1 2 3; do until [ -e task$i ]; do sleep 0.02; done; done;"
                        + " exit 5")
                .resources(Resources.nodes(2).tasksPerNode(2))
                .launch(Launch.PER_TASK));

    JobStatus end = sink.awaitEnd(job);

    assertThat(end.exit().orElseThrow().code()).hasValue(5);
    assertThat(Files.readString(directory.resolve("task3"))).isEqualTo("3 1\n");
    assertThat(backend.nodes()).allMatch(node -> node.cpusInUse() == 0);
  }

  @Test
  void a_failing_node_ends_its_processes() throws Exception {
    JobId job = submit(sh("sleep 1000").retry(RetryPolicy.attempts(1)));
    sink.await(job, s -> s.state() == JobState.RUNNING);

    backend.failNode("c-1");

    assertThat(sink.awaitEnd(job).reason()).contains(Reason.NODE_FAILURE);
  }

  @Test
  void an_array_of_commands_ends_with_one_file_for_each() throws Exception {
    JobId array = submit(sh("echo $HPC4J_ARRAY_INDEX"), r -> r.array(40));

    JobStatus end = sink.awaitEnd(array);

    assertThat(end.count(JobState.SUCCEEDED)).isEqualTo(40);
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(40);
    }
    assertThat(backend.logs(array.element(17)).text()).isEqualTo("17\n");
  }

  @Test
  void a_java_task_that_ignores_interruption_ends_at_once_and_keeps_its_place() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    JobId job =
        submit(
            java(context -> {
                  running.countDown();
                  while (true) {
                    try {
                      release.await();
                      return "late";
                    } catch (InterruptedException e) {
                      // ignored on purpose
                    }
                  }
                })
                .resources(Resources.cpus(4)));
    running.await();
    JobId next =
        submit(
            java(context -> "next")
                .resources(Resources.nodes(2).cpusPerTask(4))
                .launch(Launch.MAIN));

    backend.cancel(job, "stop");

    assertThat(sink.awaitEnd(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(backend.nodes().get(0).cpusInUse()).isEqualTo(4);
    assertThat(sink.states(next)).containsExactly(JobState.RUNNABLE);
    release.countDown();
    sink.awaitEnd(next);
    assertThat(backend.result(next)).contains("next");
    assertThat(backend.result(job)).isEmpty();
  }

  @Test
  void many_threads_submit_and_ask_at_once() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<JobId> jobs = Collections.synchronizedList(new ArrayList<>());
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 50; i++) {
                  JobId id = submit(java(context -> context.id().token()));
                  jobs.add(id);
                  backend.describe(List.of(id));
                  backend.nodes();
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    for (JobId job : jobs) {
      assertThat(sink.awaitEnd(job).state()).isEqualTo(JobState.SUCCEEDED);
    }
    assertThat(jobs).hasSize(200);
  }

  @Test
  void a_sink_may_ask_the_backend() throws Exception {
    RecordingSink asking = new RecordingSink();
    backend.pushTo(
        new StatusSink() {
          @Override
          public void update(JobStatus status) {
            backend.describe(List.of(status.id()));
            asking.update(status);
          }

          @Override
          public boolean wantsElements(JobId array) {
            return true;
          }
        });

    JobId job = submit(sh("true"));

    assertThat(asking.awaitEnd(job).state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void simulated_work_passes_in_real_time_too() throws Exception {
    JobId job = submit(JobDefinition.builder("s").work(Work.simulated(Duration.ofMillis(30), 4)));

    assertThat(sink.awaitEnd(job).exit().orElseThrow().code()).hasValue(4);
  }

  @Test
  void closing_ends_processes_and_threads() throws Exception {
    Path pids = directory.resolve("pid");
    JobId job =
        submit(sh("echo $$ > pid.new; mv pid.new pid; trap '' TERM; sleep 1000; sleep 1000"));
    JobId waiting = submit(sh("true"), r -> r.after(job));
    awaitFile(pids);

    backend.close();

    assertThat(isAlive(Long.parseLong(Files.readString(pids).strip()))).isFalse();
    assertThat(sink.awaitEnd(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(sink.awaitEnd(waiting).state().isEnded()).isTrue();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().contains(backend.scope())) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as("%s", thread).isFalse();
      }
    }
    assertThatThrownBy(() -> backend.nodes()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_backend_is_used_first_by_the_thread_that_made_it() throws Exception {
    try (LocalBackend fresh = LocalBackend.builder().workingDirectory(directory).build()) {
      RecordingSink heard = new RecordingSink();
      fresh.pushTo(heard);
      JobId id = JobId.create(fresh.name(), fresh.scope());
      fresh.submit(new Submission(id, JobRequest.of(JobDefinition.command("true")), part -> {}));

      assertThat(heard.awaitEnd(id).state()).isEqualTo(JobState.SUCCEEDED);
    }
  }
}
