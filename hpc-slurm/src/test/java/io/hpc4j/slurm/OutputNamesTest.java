package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Usage;
import io.hpc4j.slurm.script.BatchScript;
import io.hpc4j.slurm.script.NativeJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a job's script writes, as a real shell runs it, are those that its logs name. */
class OutputNamesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> PATTERNS =
      List.of(
          "out",
          "out-%x-%j",
          "%A_%a",
          "%a/%t.log",
          "%n.%N.txt",
          "100%%",
          "%",
          "a b's \"$HOME\" `id`",
          "é漢\uD83D\uDE00",
          "-n",
          "%q%z");
  private static final List<String> NAMES =
      List.of("work", "a/../b", "$(touch x)", "it's \"quoted\"", "-rf *", "漢字", "%j|%x");

  @TempDir Path folder;

  private static JobRequest request(String name, String out, String err, boolean array) {
    JobDefinition work =
        JobDefinition.builder(name).command("true").stdout(out).stderr(err).build();
    return array ? JobRequest.builder(work).array(IndexSet.of(3, 7)).build() : JobRequest.of(work);
  }

  /** Runs a job's script, and returns the names of the files that it has made. */
  private Set<String> written(JobId id, JobRequest request, int index, int restarts)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory(folder, "run");
    Files.createDirectories(directory.resolve("7"));
    Files.createDirectories(directory.resolve("0"));
    IndexSet indices = request.array().orElse(IndexSet.empty());
    NativeJob job =
        new NativeJob(
            id,
            request,
            indices,
            0,
            1,
            request.effective().resources().memoryPerNode(),
            Instant.MIN);
    ProcessBuilder builder = new ProcessBuilder("/bin/sh").directory(folder.toFile());
    builder.environment().put("SLURM_JOB_ID", "77");
    builder.environment().put("SLURM_JOB_NODELIST", "n1");
    builder.environment().put("SLURMD_NODENAME", "n1");
    builder.environment().put("SLURM_RESTART_COUNT", String.valueOf(restarts));
    builder.environment().put("SLURM_ARRAY_TASK_ID", String.valueOf(index));
    Process process = builder.redirectErrorStream(true).start();
    process
        .getOutputStream()
        .write(
            BatchScript.of(job, directory.toString(), folder.resolve("records").toString())
                .getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .collect(Collectors.toSet());
    }
  }

  /** The names that the logs of such a job say. */
  private Set<String> told(JobId id, JobRequest request, int index, int attempt) {
    SlurmJob job =
        new SlurmJob(
            id,
            request,
            request.array().orElse(IndexSet.empty()),
            "work",
            "main",
            folder.toString(),
            NOW);
    NativeJob part = Sender.windows(job, 1001).get(0);
    job.add(Piece.of(part, "77", NOW));
    Sight ran =
        new Sight(
            attempt,
            JobState.SUCCEEDED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(NOW),
            Optional.of(NOW),
            List.of("n1"),
            "",
            "",
            "squeue",
            Usage.UNKNOWN);
    job.task(index).orElseThrow().sight = ran;
    Logs logs = JobLogs.of(job, request.isArray() ? id.element(index) : id);
    return logs.entries().stream()
        .map(entry -> folder.relativize(Path.of(entry.location())).toString())
        .collect(Collectors.toSet());
  }

  @Test
  void whatever_the_pattern() throws Exception {
    JobId id = JobId.create("slurm", "default");
    for (String pattern : PATTERNS) {
      for (boolean array : new boolean[] {false, true}) {
        JobRequest request = request("work", pattern, pattern + ".err", array);
        int index = array ? 7 : 0;

        assertThat(told(id, request, index, 1))
            .as(pattern)
            .isEqualTo(written(id, request, index, 0));
        assertThat(told(id, request, index, 3))
            .as(pattern)
            .isEqualTo(written(id, request, index, 2));
      }
    }
  }

  @Test
  void whatever_the_name() throws Exception {
    JobId id = JobId.create("slurm", "default");
    for (String name : NAMES) {
      JobRequest request = request(name, "%x.out", "%x.out", true);

      assertThat(told(id, request, 3, 1)).as(name).hasSize(1).isEqualTo(written(id, request, 3, 0));
    }
  }
}
