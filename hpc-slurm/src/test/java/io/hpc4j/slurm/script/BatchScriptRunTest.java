package io.hpc4j.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.query.ExitRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How scripts end, and what they leave of that. */
class BatchScriptRunTest extends ScriptCases {
  @Test
  void a_script_is_for_its_owner_alone() throws Exception {
    assertThat(run(JobDefinition.builder("work").script("stat -c %a \"$0\"").stdout("out")))
        .isZero();

    assertThat(out()).isEqualTo("600\n");
  }

  @Test
  void exit_statuses_are_passed_on_and_recorded() throws Exception {
    inEachShell(
        () -> {
          assertThat(run(sh("exit 3"))).isEqualTo(3);
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.RAN);
          assertThat(record("job.1").status()).isEqualTo(3);
          assertThat(record("job.1").jobId()).isEqualTo("77");
          assertThat(records().resolve(ID.token()).resolve("job.1.start")).hasContent("77");
          try (Stream<Path> all = Files.list(records().resolve(ID.token()))) {
            assertThat(all.map(file -> file.getFileName().toString()))
                .as("nothing half written")
                .containsExactlyInAnyOrder("job.1", "job.1.start", "failed.job.1");
          }
        });
  }

  @Test
  void output_that_cannot_be_opened_and_input_that_is_missing_are_failures_to_launch()
      throws Exception {
    inEachShell(
        () -> {
          assertThat(run(sh("true").stdout("no/such/folder/out"))).isEqualTo(126);
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.LAUNCH);
          assertThat(run(sh("true").stdin("no-such-file"))).isEqualTo(126);
          Files.writeString(folder.resolve("in put"), "hello");
          assertThat(run(sh("cat").stdin("in put"))).isZero();
          assertThat(out()).isEqualTo("hello");
        });
  }

  private static JobRequest array(UnaryOperator<JobRequest.Builder> more, String script) {
    return more.apply(JobRequest.builder(sh(script).build()).array(4)).build();
  }

  @Test
  void an_element_after_too_many_failures_is_skipped() throws Exception {
    inEachShell(
        () -> {
          JobRequest work = array(r -> r.maxFailures(0), "exit $HPC4J_ARRAY_INDEX");
          assertThat(run(work, 0)).isZero();
          assertThat(run(work, 1)).isEqualTo(1);
          assertThat(run(work, 2)).isEqualTo(125);
          assertThat(record("2.1").what()).isEqualTo(ExitRecord.What.SKIPPED);
        });
  }

  @Test
  void what_was_asked_to_end_says_so_and_is_no_failure_of_the_others() throws Exception {
    inEachShell(
        () -> {
          JobRequest work = array(r -> r.maxFailures(0), "kill -TERM $PPID; exit 143");
          assertThat(run(work, 1)).isEqualTo(143);
          assertThat(record("1.1").what()).isEqualTo(ExitRecord.What.ASKED);
          JobRequest next = array(r -> r.maxFailures(0), "true");
          assertThat(run(next, 2)).isZero();
        });
  }

  /** Slurm asks all processes of a job, of which some may be the script's own. */
  @Test
  void what_is_asked_to_end_before_it_has_begun_has_not_failed_and_does_not_begin()
      throws Exception {
    inEachShell(
        () -> {
          Process opening = opensItsOutput();
          List<ProcessHandle> all = opening.descendants().toList();
          all.forEach(ProcessHandle::destroy);
          opening.toHandle().destroy();

          assertThat(opening.waitFor()).isEqualTo(126);

          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.ASKED);
          assertThat(folder.resolve("begun")).doesNotExist();
        });
  }

  @Test
  void what_is_asked_to_end_while_its_output_is_opened_does_not_begin() throws Exception {
    inEachShell(
        () -> {
          Process opening = opensItsOutput();
          opening.toHandle().destroy(); // the shell alone
          RandomAccessFile reader = new RandomAccessFile(folder.resolve("out").toFile(), "rw");

          assertThat(opening.waitFor()).isEqualTo(143);

          reader.close();
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.ASKED);
          assertThat(folder.resolve("begun")).doesNotExist();
        });
  }

  /** Starts a script, which waits while it opens its output. */
  private Process opensItsOutput() throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    assertThat(new ProcessBuilder("mkfifo", out.toString()).start().waitFor()).isZero();
    Process process = process(JobRequest.of(sh("echo >begun").build()), 0).start();
    Path started = records().resolve(ID.token()).resolve("job.1.start");
    while (!Files.exists(started) || process.descendants().noneMatch(this::isAsleep)) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    return process;
  }

  private boolean isAsleep(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return stat.contains(") S ");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Test
  void a_folder_for_records_that_cannot_be_written_disturbs_no_command() throws Exception {
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(run(sh("exit 5"))).isEqualTo(5);
        });
  }

  @Test
  void a_folder_for_records_that_cannot_be_written_disturbs_no_script_and_no_tasks()
      throws Exception {
    JobDefinition.Builder script = JobDefinition.builder("work").script("exit 5").stdout("out");
    JobDefinition.Builder tasks =
        sh("exit 6").resources(Resources.nodes(2)).launch(Launch.PER_NODE);
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(runWithSrun(script.build())).isEqualTo(5);
          assertThat(runWithSrun(tasks.build())).isEqualTo(6);

          assertThat(folder.resolve("said")).isEmptyFile();
          assertThat(folder.resolve("tmp")).as("nothing left").isEmptyDirectory();
        });
  }

  @Test
  void a_script_on_several_nodes_that_cannot_be_there_says_so_in_its_output() throws Exception {
    JobDefinition.Builder script =
        JobDefinition.builder("work")
            .script("exit 5")
            .stdout("out")
            .resources(Resources.nodes(2))
            .launch(Launch.PER_NODE);
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(runWithSrun(script.build())).isEqualTo(126);

          assertThat(folder.resolve("out.task0"))
              .content()
              .contains(records().toString(), "cannot be written on n1");
        });
  }
}
