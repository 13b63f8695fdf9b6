package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Exit;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What Slurm does that a program does not expect, on a real cluster; each has misled some tool. */
abstract class SlurmPitfalls extends ClusterCases {
  @Test
  void a_failure_that_slurm_has_forgotten_does_not_satisfy_a_dependency() {
    Job failed = submit("exit 3");
    end(failed);
    cluster.forgets(nativeId(failed));

    Job dependent = submit("touch ran", r -> r.after(failed));

    assertEnded(end(dependent), JobState.FAILED, Reason.DEPENDENCY_FAILED);
    assertThat(directory.resolve("ran")).doesNotExist();
  }

  @Test
  void elements_that_somebody_else_cancels_while_they_wait_are_noticed() {
    Job array = submit("true", r -> r.array(4).hold());
    in(JobState.PENDING, array);

    cluster.run("scancel", nativeId(array) + "_[1,3]");

    assertEnded(end(array.element(1)), JobState.CANCELLED, Reason.CANCELLED);
    assertEnded(end(array.element(3)), JobState.CANCELLED, Reason.CANCELLED);
    array.release();
    end(array);
    assertThat(array.indices(JobState.SUCCEEDED)).isEqualTo(IndexSet.of(0, 2));
  }

  @Test
  void each_element_keeps_its_own_ending_the_last_one_too() {
    Job array = submit("exit $((HPC4J_ARRAY_INDEX + 10))", r -> r.array(4));

    end(array);

    assertThat(IntStream.range(0, 4).mapToObj(i -> end(array.element(i)).exit().orElseThrow()))
        .containsExactly(Exit.code(10), Exit.code(11), Exit.code(12), Exit.code(13));
  }

  @Test
  void a_long_irregular_set_of_indices_is_read_whole() {
    IndexSet indices =
        IndexSet.of(IntStream.range(0, 150).map(i -> 3 * i + i % 2).distinct().toArray());
    Job array = submit("true", r -> r.array(indices).hold());

    in(JobState.PENDING, array);

    assertThat(array.indices(JobState.PENDING)).isEqualTo(indices);
  }

  @Test
  void a_job_that_slurm_has_forgotten_hides_no_other_and_keeps_its_ending() {
    Job over = submit("exit 4");
    end(over);
    Job runs = running(submit("sleep 1000"));
    cluster.forgets(nativeId(over));

    Map<JobId, JobStatus> answer = hpc.status(List.of(over, runs));

    assertThat(answer)
        .hasEntrySatisfying(runs.id(), is -> assertThat(is.state()).isEqualTo(JobState.RUNNING))
        .hasEntrySatisfying(over.id(), is -> assertThat(is.exit()).contains(Exit.code(4)));
    over.cancel("too late");
    assertEnded(over.refresh(), JobState.FAILED, Reason.NON_ZERO_EXIT);
  }

  @Test
  void an_answer_of_scancel_is_not_taken_for_an_ending() {
    CommandRunner deaf =
        (command, environment, input, limit) ->
            command.get(0).equals("scancel")
                ? new CommandResult(0, "", "")
                : CommandRunner.local().run(command, environment, input, limit);
    Job job = running(client(deaf).submit(sh("sleep 1000").build()));

    job.cancel("not heard");

    assertThat(job.await(Duration.ofSeconds(3)).state()).isEqualTo(JobState.RUNNING);
    cluster.run("scancel", nativeId(job));
    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
  }

  @Test
  void a_requeued_job_is_the_same_job_in_its_next_attempt() throws IOException {
    Job job =
        running(submit("echo $HPC4J_ATTEMPT >>attempts; [ $HPC4J_ATTEMPT = 2 ] || sleep 999"));
    Cluster.until("it has begun", () -> Files.exists(directory.resolve("attempts")));

    cluster.run("scontrol", "update", "jobid=" + nativeId(job), "requeue=1");
    cluster.run("scontrol", "requeue", nativeId(job));

    assertSucceeded(job);
    assertThat(job.status().attempt()).isEqualTo(2);
    assertThat(job.attempts()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(Files.readString(directory.resolve("attempts"))).isEqualTo("1\n2\n");
  }

  @Test
  void a_preempted_job_is_tried_again_if_a_rule_says_so() {
    JobDefinition wholeNodes =
        sh("[ $HPC4J_ATTEMPT = 2 ] || sleep 999")
            .resources(Resources.nodes(4).cpusPerTask(2))
            .launch(Launch.MAIN)
            .retry(RetryPolicy.attempts(2).retryOn(Reason.PREEMPTED))
            .build();
    Job cheap = running(hpc.submit(wholeNodes, r -> r.queue("scavenger")));

    assertSucceeded(submit("true"));

    assertSucceeded(cheap);
    assertThat(cheap.attempts().get(0).reason()).contains(Reason.PREEMPTED);
    assertThat(cheap.status().attempt()).isEqualTo(2);
  }

  @Test
  void a_job_out_of_memory_has_failed_though_it_exits_with_zero() {
    JobDefinition hungry =
        sh("head -c 300M /dev/zero | tail -c 300M >/dev/null; exit 0")
            .resources(Resources.cpus(1).memory(Memory.ofMiB(100)))
            .build();

    assertEnded(end(hpc.submit(hungry)), JobState.FAILED, Reason.OUT_OF_MEMORY);
  }

  @Test
  void a_failure_to_start_is_told_though_there_is_no_output() {
    JobDefinition nowhere = sh("echo ran").stdout("no/such/folder/out").build();

    JobStatus status = end(hpc.submit(nowhere));

    assertEnded(status, JobState.FAILED, Reason.LAUNCH_FAILURE);
    assertThat(status.message()).contains("no/such/folder/out");
  }

  @Test
  void what_could_never_run_is_refused() {
    JobDefinition quick = sh("true").build();
    JobRequest.Builder request = JobRequest.builder(quick);

    assertRefused(JobRequest.builder(quick).resources(Resources.nodes(5)).build(), "resources");
    assertRefused(JobRequest.builder(quick).resources(Resources.cpus(3)).build(), "resources");
    assertRefused(
        JobRequest.builder(quick).resources(Resources.cpus(1).memoryGiB(5)).build(), "resources");
    assertRefused(request.queue("short").timeout(Duration.ofMinutes(3)).build(), "timeout");
  }

  private void assertRefused(JobRequest request, String field) {
    assertThatThrownBy(() -> hpc.submit(request))
        .isInstanceOfSatisfying(
            InvalidJobException.class,
            e -> assertThat(e.problems()).anyMatch(p -> p.field().startsWith(field)));
    assertThat(cluster.run("squeue", "-h")).isEmpty();
  }

  @Test
  void what_a_closed_queue_keeps_waiting_says_why() {
    Job job = submit("true", r -> r.queue("closed"));

    Cluster.until(
        "it says why",
        () -> job.explain().map(WaitReason::kind).filter(this::isClosed).isPresent());
  }

  private boolean isClosed(WaitReason.Kind kind) {
    return kind == WaitReason.Kind.QUEUE_DISABLED;
  }

  @Test
  void a_timeout_is_rounded_up_to_minutes_and_the_plan_says_so() {
    JobRequest request =
        JobRequest.builder(sh("sleep 1000").build()).timeout(Duration.ofSeconds(61)).build();

    Job job = hpc.submit(request);

    assertThat(hpc.plan(request).notes())
        .filteredOn(note -> note.kind() == Plan.Kind.ROUNDED)
        .extracting(Plan.Note::field)
        .contains("timeout");
    assertThat(cluster.run("squeue", "-h", "-j", nativeId(job), "-o", "%l").strip())
        .isEqualTo("2:00");
  }

  @Test
  void names_of_others_with_bars_and_line_breaks_break_no_reply() {
    for (String name : List.of("a|b|c", "two\nlines|PENDING", "\u4f60\u597d \ud83d\ude80", "\t")) {
      cluster.run("sbatch", "--hold", "-o", "/dev/null", "-J", name, "--wrap", "true");
    }

    Job job = submit("exit 5");

    assertThat(end(job).exit()).contains(Exit.code(5));
    assertThat(hpc.job(JobId.parse(job.id().text())).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void commas_and_line_breaks_in_variables_arrive() throws IOException {
    String odd = "a,B=b,\"c\"\nd";

    assertSucceeded(hpc.submit(sh("printf %s \"$ODD\" >odd").environment("ODD", odd).build()));

    assertThat(Files.readString(directory.resolve("odd"))).isEqualTo(odd);
  }

  @Test
  void variables_of_slurm_in_the_programs_environment_change_nothing() throws Exception {
    Map<String, String> leaked =
        Map.of(
            "SBATCH_PARTITION", "closed",
            "SBATCH_TIMELIMIT", "1",
            "SLURM_NTASKS", "7",
            "SLURM_MEM_PER_NODE", "99999",
            "SQUEUE_STATES", "PENDING",
            "SQUEUE_FORMAT", "%i",
            "SACCT_FORMAT", "JobID");

    String said = ClientProgram.run(this, leaked, "sh", "-c", "exit 6");

    assertThat(said).contains("FAILED exit code 6").contains("partition normal");
  }

  @Test
  void times_are_right_in_any_time_zone() throws Exception {
    Instant before = Instant.now();

    String said = ClientProgram.run(this, Map.of("TZ", "Asia/Kathmandu"), "true");

    Instant started = Instant.parse(said.replaceAll("(?s).*started (\\S+).*", "$1"));
    assertThat(started).isBetween(before.minusSeconds(2), Instant.now().plusSeconds(2));
  }

  @Test
  void while_the_controller_is_away_nothing_changes() {
    Job job = running(submit("while [ ! -e go ]; do sleep 0.2; done; exit 7"));
    cluster.notes(nativeId(job));
    cluster.killController();

    assertThatThrownBy(() -> hpc.status(List.of(job))).isInstanceOf(BackendException.class);
    assertThatThrownBy(() -> submit("true"))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isFalse());
    assertThat(job.state()).isEqualTo(JobState.RUNNING);

    cluster.startController();
    cluster.run("touch", directory.resolve("go").toString());
    assertThat(end(job).exit()).contains(Exit.code(7));
  }

  /**
   * Slurm notes a submission some seconds after its reply; a controller killed before has lost it.
   */
  @Test
  void an_id_that_is_used_again_is_not_taken_for_the_job_that_had_it() {
    Job job;
    String next;
    int times = 0;
    do { // the controller may have noted the submission
      assertThat(times++).isLessThan(10);
      job = submit("while [ ! -e go ]; do sleep 0.2; done; exit 7");
      long second = Instant.now().getEpochSecond();
      cluster.killController();
      cluster.startController();
      Cluster.until("it is another second", () -> Instant.now().getEpochSecond() > second);
      next =
          cluster
              .run(
                  "sbatch",
                  "--parsable",
                  "-w",
                  cluster.node(4),
                  "--wrap",
                  "exit 9",
                  "-o",
                  "/dev/null")
              .strip();
    } while (!next.equals(nativeId(job)));

    cluster.run("touch", directory.resolve("go").toString());

    // The controller ends a job that it does not know, if the job has not ended before.
    assertThat(end(job).exit()).isIn(Optional.of(Exit.code(7)), Optional.empty());
  }

  @Test
  void heterogeneous_jobs_of_others_break_no_reply() {
    cluster.run("sbatch", "-o", "/dev/null", "-n1", ":", "-n1", "--wrap", "sleep 1000");
    Cluster.until(
        "both parts run", () -> cluster.run("squeue", "-h", "-t", "R").lines().count() == 2);

    assertSucceeded(submit("true"));
  }

  @Test
  void a_suspended_job_runs_and_says_that_it_is_suspended() {
    Job job = running(submit("sleep 1000"));

    cluster.run("scontrol", "suspend", nativeId(job));

    Cluster.until(
        "it is suspended",
        () ->
            job.explain()
                .map(WaitReason::kind)
                .filter(WaitReason.Kind.SUSPENDED::equals)
                .isPresent());
    assertThat(job.state()).isEqualTo(JobState.RUNNING);
    cluster.run("scontrol", "resume", nativeId(job));
    job.cancel();
    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
  }

  @Test
  void a_cloud_node_is_read_in_every_state_while_it_starts_for_a_job() {
    String cloudNode = cluster.name() + "-c1";
    assertThat(node(cloudNode)).isNotEqualTo(Node.State.DOWN);
    Job job =
        hpc.submit(
            sh("true").resources(Resources.cpus(1).memory(Memory.ofMiB(500))).build(),
            r -> r.queue("cloud"));

    in(JobState.STARTING, job);

    assertThat(hpc.nodes()).extracting(Node::name).contains(cloudNode);
    assertSucceeded(job);
    assertThat(job.status().nodes()).hasSize(1).allMatch(name -> name.startsWith(cluster.name()));
  }

  private Node.State node(String name) {
    return hpc.nodes().stream()
        .filter(node -> node.name().equals(name))
        .findFirst()
        .orElseThrow()
        .state();
  }

  @Test
  void the_client_of_another_program_finds_a_job_by_its_id_alone() {
    JobId id = running(submit("sleep 1000")).id();
    hpc.close(); // clients of one cluster share what they know
    Job job = client(CommandRunner.local()).job(JobId.parse(id.text()));

    assertThat(job.state()).isEqualTo(JobState.RUNNING);
    job.cancel("from elsewhere");
    assertEnded(end(job), JobState.CANCELLED, Reason.CANCELLED);
  }
}
