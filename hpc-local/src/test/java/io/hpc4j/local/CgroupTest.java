package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory that cgroups hold jobs to. The watch never looks here, but where a test says so. */
@Timeout(120)
class CgroupTest {
  @TempDir Path folder;
  private final JobClient hpc = open(builder -> builder);

  private JobClient open(UnaryOperator<LocalBackend.Builder> options) {
    ComputeEnvironment node = ComputeEnvironment.fixed("node", 1, Capacity.cpus(4).memoryGiB(64));
    return JobClient.on(
        options
            .apply(
                LocalBackend.builder()
                    .grace(Duration.ofMillis(400))
                    .watchMemoryEvery(Duration.ofDays(1))
                    .queue(JobQueue.builder("normal").runsOn(node).build()))
            .build());
  }

  private void assumeCgroups() {
    assumeThat(hpc.capabilities().support(Capability.MEMORY_LIMIT))
        .as("MEMORY_LIMIT by a cgroup")
        .isEqualTo(Capabilities.Support.NATIVE);
  }

  @AfterEach
  void close() {
    hpc.close();
  }

  private JobDefinition.Builder sh(int mebibytes, String script) {
    return JobDefinition.builder("sh")
        .script(script)
        .workingDirectory(folder.toString())
        .resources(Resources.cpus(1).memory(Memory.ofMiB(mebibytes)));
  }

  /** A command that holds some MiB for a moment. */
  private static String holding(int mebibytes) {
    return "sh -c 'x=$(head -c " + mebibytes + "m /dev/zero | tr \"\\0\" x); :'";
  }

  /** The cgroup of a running job, found by what it says of itself. */
  private Path cgroupOf(Job job) throws IOException {
    Path said = folder.resolve("cgroup");
    while (Files.notExists(said) || !job.status().state().isActive()) {
      Thread.onSpinWait();
    }
    return JobCgroup.saidIn(said).orElseThrow();
  }

  private JobDefinition endless() {
    return sh(40, "cp /proc/self/cgroup new; mv new cgroup; sleep 1000").build();
  }

  @Test
  void a_job_whose_child_was_killed_for_want_of_memory_has_run_out_of_it_though_it_exits_0() {
    assumeCgroups();

    JobStatus status = hpc.submit(sh(40, holding(80) + "; exit 0").build()).await().status();

    assertThat(status.state()).isEqualTo(JobState.FAILED);
    assertThat(status.reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(status.exit()).contains(Exit.code(0));
    assertThat(status.message()).contains("40 MiB");
  }

  @Test
  void the_peak_is_known_though_nobody_has_looked() {
    assumeCgroups();

    Job job = hpc.submit(sh(300, holding(60)).build()).await();

    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.usage().peakMemory().orElseThrow())
        .isBetween(Memory.ofMiB(60), Memory.ofMiB(300));
  }

  @Test
  void tasks_on_a_node_share_its_memory_and_the_launcher_survives_that() {
    assumeCgroups();
    JobDefinition both =
        JobDefinition.builder("both")
            .script(
                "x=$(head -c 60m /dev/zero | tr '\\0' x); touch full-$HPC4J_TASK_INDEX\n"
                    + "while ! test -e full-0 || ! test -e full-1; do sleep 0.01; done")
            .workingDirectory(folder.toString())
            .resources(Resources.nodes(1).tasksPerNode(2).memory(Memory.ofMiB(110)))
            .launch(Launch.PER_TASK)
            .build();

    JobStatus status = hpc.submit(both).await().status();

    assertThat(status.reason()).contains(Reason.OUT_OF_MEMORY);
    assertThat(hpc.submit(sh(40, "true").build()).await().state()).isEqualTo(JobState.SUCCEEDED);
    assumeCgroups();
  }

  @Test
  void hardly_any_memory_is_out_of_memory_and_not_the_end_of_the_launcher() {
    assumeCgroups();
    JobDefinition tiny =
        sh(1, "true").resources(Resources.cpus(1).memory(Memory.ofBytes(4096))).build();

    List<JobStatus> ends =
        Stream.generate(() -> hpc.submit(tiny)).limit(20).map(j -> j.await().status()).toList();

    assertThat(ends).allSatisfy(end -> assertThat(end.reason()).contains(Reason.OUT_OF_MEMORY));
    assertThat(hpc.submit(sh(40, "true").build()).await().state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void a_cgroup_goes_with_its_job() throws IOException {
    assumeCgroups();
    Job job = hpc.submit(endless());
    Path cgroup = cgroupOf(job);

    job.cancel("seen");

    assertThat(job.await().state()).isEqualTo(JobState.CANCELLED);
    while (Files.exists(cgroup)) {
      Thread.onSpinWait();
    }
    assertThat(cgroup.getParent()).exists();
    hpc.close();
    assertThat(cgroup.getParent()).doesNotExist();
  }

  @Test
  void cgroups_go_when_the_launcher_is_killed() throws IOException {
    assumeCgroups();
    Job job = hpc.submit(endless());
    Path cgroup = cgroupOf(job);

    String name = cgroup.getName(cgroup.getNameCount() - 2).toString();
    ProcessHandle helper = ProcessHandle.of(Long.parseLong(name.substring(6))).orElseThrow();
    boolean unused = helper.destroyForcibly();

    assertThat(job.await().status().reason()).contains(Reason.NODE_FAILURE);
    while (Files.exists(cgroup.getParent())) {
      Thread.onSpinWait();
    }
    assertThat(hpc.submit(sh(40, "true").build()).await().state()).isEqualTo(JobState.SUCCEEDED);
    assumeCgroups();
  }

  @Test
  void what_was_left_by_a_launcher_that_nobody_cleaned_up_after_goes_with_the_next()
      throws IOException {
    assumeCgroups();
    Job job = hpc.submit(endless());
    Path left = cgroupOf(job).resolve("../../hpc4j-2147483647").normalize();
    Path inner = Files.createDirectories(left.resolve("old.1.node0"));

    try (JobClient next = open(builder -> builder)) {
      assertThat(next.capabilities().support(Capability.MEMORY_LIMIT))
          .isEqualTo(Capabilities.Support.NATIVE);
    }

    assertThat(inner).doesNotExist();
    assertThat(left).doesNotExist();
    assertThat(cgroupOf(job)).exists();
  }

  @Test
  void daemons_that_may_live_on_are_not_held_to_what_their_job_asked_for() throws IOException {
    assumeCgroups();
    try (JobClient leaving = open(LocalBackend.Builder::leaveDaemons)) {
      Job job =
          leaving.submit(
              sh(
                      40,
                      "setsid sh -c 'while ! test -e go; do sleep 0.01; done; "
                          + "cp /proc/self/cgroup new; mv new cgroup' > /dev/null 2>&1 &")
                  .build());
      assertThat(job.await().state()).isEqualTo(JobState.SUCCEEDED);

      Path unused = Files.createFile(folder.resolve("go"));

      Path said = folder.resolve("cgroup");
      while (Files.notExists(said)) {
        Thread.onSpinWait();
      }
      assertThat(said).content().doesNotContain("hpc4j-");
    }
  }
}
