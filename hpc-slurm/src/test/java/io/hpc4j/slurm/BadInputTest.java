package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.JobClient;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be run is refused with one clear error, and nothing is sent, or not again. */
class BadInputTest extends SlurmCases {
  @AfterEach
  void nothing_is_there() {
    assertThat(slurm.all()).isEmpty();
  }

  private void assertInvalid(String field, UnaryOperator<JobRequest.Builder> request) {
    JobClient hpc = JobClient.on(backend);
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> hpc.submit(request.apply(JobRequest.builder(WORK)).build()))
        .satisfies(e -> assertThat(e.problems()).extracting("field").containsExactly(field));
    assertThat(backend.commandCounts()).doesNotContainKey("sbatch");
  }

  private void assertRefused(String words, UnaryOperator<JobRequest.Builder> request) {
    slurm.fail("sbatch", ScriptedSlurm.refused(words));
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(
            () -> JobClient.on(backend).submit(request.apply(JobRequest.builder(WORK)).build()))
        .withMessageContaining(words)
        .matches(e -> !e.outcomeUnknown());
    assertThat(backend.commandCounts()).containsEntry("sbatch", 1);
  }

  private static SlurmOptions options() {
    return SlurmOptions.create();
  }

  @Test
  void an_unknown_partition() {
    assertInvalid("queue", r -> r.queue("nowhere"));
    assertInvalid("queue", r -> r.queue("nowhere").options(options().partition("main")));
    assertInvalid("options.slurm.partition", r -> r.options(options().partition("main,nowhere")));
  }

  @Test
  void an_unknown_account() {
    assertInvalid("share", r -> r.share("nobody"));
    assertRefused(
        "Invalid account or account/partition combination specified",
        r -> r.options(options().account("nobody")));
  }

  @Test
  void an_unknown_qos() {
    assertRefused("Invalid qos specification", r -> r.options(options().qos("none")));
  }

  @Test
  void what_the_site_s_own_plugin_refuses() {
    assertRefused("Unspecified error", r -> r);
  }

  @Test
  void a_time_over_the_limit_of_the_partition() {
    assertInvalid("timeout", r -> r.timeout(Duration.ofDays(2)));
  }

  @Test
  void a_time_over_the_limit_of_a_partition_that_may_not_be_seen() {
    slurm.fail("scontrol", ScriptedSlurm.refused("Access/permission denied"));
    assertRefused(
        "Requested time limit is invalid (missing or exceeds some limit)",
        r -> r.queue("main").timeout(Duration.ofDays(2)));
  }

  @Test
  void more_nodes_than_there_are() {
    JobDefinition onAll = WORK.toBuilder().launch(Launch.PER_NODE).build();

    assertInvalid("resources", r -> JobRequest.builder(onAll).resources(Resources.nodes(5)));
  }

  @Test
  void more_memory_than_a_node_has() {
    assertInvalid("resources", r -> r.resources(Resources.cpus(1).memoryGiB(64)));
  }

  @Test
  void what_a_partition_does_not_allow_one_job() {
    slurm.partition(
        "PartitionName=odd MaxTime=UNLIMITED MinNodes=2 MaxNodes=UNLIMITED MaxCPUsPerNode=2"
            + " MaxMemPerNode=4000 Nodes=n[1-4] State=UP AllowAccounts=chemistry,physics");
    JobDefinition onTwo = WORK.toBuilder().launch(Launch.PER_NODE).build();
    Resources fits = Resources.nodes(2).cpusPerTask(2).memory(Memory.ofMiB(4000));

    assertThat(
            backend.check(
                JobRequest.builder(onTwo)
                    .queue("odd")
                    .resources(fits)
                    .options(options().account("physics"))
                    .build()))
        .isEmpty();

    assertInvalid("resources.nodes", r -> r.queue("odd"));
    assertInvalid(
        "resources.cpusPerNode",
        r -> JobRequest.builder(onTwo).queue("odd").resources(fits.cpusPerTask(3)));
    assertInvalid(
        "resources.memoryPerNode",
        r -> JobRequest.builder(onTwo).queue("odd").resources(fits.memoryGiB(4)));
    assertInvalid(
        "options.slurm.account",
        r ->
            JobRequest.builder(onTwo)
                .queue("odd")
                .resources(fits)
                .options(options().account("guests")));
  }

  @Test
  void the_partition_of_the_options_is_the_one_that_counts() {
    slurm.partition(
        "PartitionName=short MaxTime=00:10:00 MaxNodes=UNLIMITED Nodes=n[1-4] State=UP");

    assertInvalid(
        "timeout", r -> r.timeout(Duration.ofHours(1)).options(options().partition("short")));
    assertInvalid(
        "timeout",
        r -> r.queue("short").timeout(Duration.ofDays(2)).options(options().partition("main")));
    assertThat(
            backend.check(
                JobRequest.builder(WORK)
                    .timeout(Duration.ofHours(1))
                    .options(options().partition("short,main"))
                    .build()))
        .as("Slurm takes the one that fits")
        .isEmpty();
  }

  @Test
  void a_time_that_Slurm_would_take_for_a_short_one() {
    slurm.partition("PartitionName=any MaxTime=UNLIMITED MaxNodes=UNLIMITED Nodes=n[1-4] State=UP");

    assertInvalid("timeout", r -> r.queue("any").timeout(Duration.ofDays(49_711)));
    assertInvalid("timeout", r -> r.queue("any").timeout(Duration.ofSeconds(Long.MAX_VALUE)));
    assertThat(
            backend.check(
                JobRequest.builder(WORK).queue("any").timeout(Duration.ofDays(24_000)).build()))
        .isEmpty();
  }

  /** A program that can name files in ASCII alone. */
  static final class InAscii {
    private InAscii() {}

    public static void main(String[] arguments) {
      VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
      try (SlurmBackend slurm =
          SlurmBackend.builder().runner(new ScriptedSlurm(time)).time(time).build()) {
        JobDefinition work =
            WORK.toBuilder().workingDirectory("\u00e9").stdout("\u00e9").stderr("e").build();
        slurm.check(JobRequest.of(work)).forEach(problem -> System.out.println(problem.field()));
      }
    }
  }

  @Test
  void files_that_cannot_be_named_in_the_locale() throws IOException {
    List<String> program = ClientProgram.java(InAscii.class, List.of()).command();
    CommandResult said =
        CommandRunner.local().run(program, Map.of("LC_ALL", "C"), "", Duration.ofMinutes(1));

    assertThat(said.output()).as(said.errors()).isEqualTo("workingDirectory\nstdout\n");
  }

  @Test
  void an_array_on_a_cluster_without_arrays() {
    slurm.maxArraySize = 0;

    assertInvalid("array", r -> r.array(3));
    assertThat(backend.check(JobRequest.of(WORK))).isEmpty();
  }

  @Test
  void a_raw_option_that_has_its_place_elsewhere() {
    assertInvalid("options.slurm.raw", r -> r.options(options().raw("--array=1-9")));
  }

  @Test
  void a_script_over_the_size_limit() {
    assertInvalid("work", r -> JobRequest.builder(with(4 << 20)));
    assertThat(backend.check(JobRequest.of(with(3 << 20)))).isEmpty();
  }

  @Test
  void a_script_over_the_size_limit_of_the_site() {
    slurm.schedulerParameters = "bf_continue,max_script_size=10000";

    assertInvalid("work", r -> JobRequest.builder(with(10_000)));
    assertThat(backend.check(JobRequest.of(with(1000)))).isEmpty();
  }

  @Test
  void nothing_to_run() {
    JobDefinition nothing = JobDefinition.builder("nothing").build();

    assertInvalid("work", r -> JobRequest.builder(nothing));
    assertThat(backend.check(JobRequest.of(nothing))).isEmpty();
  }

  @Test
  void tasks_with_more_variables_than_a_program_is_passed() {
    assertInvalid("environment", r -> JobRequest.builder(onEach(with(128 << 10))));
    assertThat(backend.check(JobRequest.of(with(128 << 10)))).isEmpty();
    assertThat(backend.check(JobRequest.of(onEach(with(100 << 10))))).isEmpty();
  }

  private static JobDefinition onEach(JobDefinition work) {
    return work.toBuilder().resources(Resources.nodes(2)).launch(Launch.PER_NODE).build();
  }

  private static JobDefinition with(int bytes) {
    return WORK.toBuilder().environment("LARGE", "x".repeat(bytes)).build();
  }

  @Test
  void a_script_over_the_size_limit_that_only_Slurm_knows() {
    assertRefused("Pathname of a file, directory or other parameter too long", r -> r);
  }

  @Test
  void no_sbatch_on_the_path() {
    slurm.fail(
        "sbatch",
        real -> {
          throw new IOException(
              "Cannot run program \"sbatch\": error=2, No such file or directory");
        });

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> JobClient.on(backend).submit(WORK))
        .withMessageContaining("cannot run sbatch")
        .matches(e -> !e.outcomeUnknown());
    assertThat(backend.commandCounts()).containsEntry("sbatch", 1);
  }

  @Test
  void a_release_that_is_too_old() {
    slurm.version = "19.05.5";

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(backend::probe)
        .withMessageContaining("Slurm 19.05.5 is too old");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> submit(r -> r))
        .withMessageContaining("20.02");
    assertThat(backend.commandCounts()).doesNotContainKey("sbatch");
  }

  @Test
  void a_controller_that_cannot_be_reached() {
    slurm.fail("scontrol", ScriptedSlurm.UNREACHABLE, ScriptedSlurm.UNREACHABLE);

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(backend::probe)
        .withMessageContaining("Unable to contact slurm controller (connect failure)");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> submit(r -> r))
        .withMessageContaining("Unable to contact slurm controller (connect failure)")
        .matches(e -> !e.outcomeUnknown());
    assertThat(backend.commandCounts()).doesNotContainKey("sbatch");
  }

  @Test
  void a_folder_for_output_that_is_missing_when_the_job_starts() throws IOException {
    JobId id = submit(JobRequest.of(WORK.toBuilder().stdout("no/such/out").build()));
    slurm.start("100");
    Path records = Files.createDirectories(folder.resolve(id.token()));
    Files.writeString(records.resolve("job.1"), "v1 100 0 launch 126 1767225600 1767225600\n");
    slurm.fail("100", 126);

    assertThat(state(id)).isEqualTo(JobState.FAILED);
    assertThat(reason(id)).isEqualTo(Reason.LAUNCH_FAILURE);
    assertThat(status(id).message()).contains("/work", "no/such/out");
    slurm.clear();
  }
}
