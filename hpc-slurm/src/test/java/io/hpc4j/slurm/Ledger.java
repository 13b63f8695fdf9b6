package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.slurm.script.NativeJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What jobs are to come to, counted against two witnesses that hpc4j has no part in: Slurm's own
 * list of what has ended, and the marks that the jobs themselves leave. Each line is a token, an
 * index and an attempt, then Slurm's word for the end and the exit status.
 */
final class Ledger {
  private final Cluster cluster;
  private final Path directory;
  private final List<String> expected = new ArrayList<>();

  Ledger(Cluster cluster, Path directory) throws IOException {
    this.cluster = cluster;
    this.directory = directory;
    Files.createDirectories(directory.resolve("marks"));
  }

  /** Work in a directory that marks each of its attempts, and cannot do one twice. */
  static JobDefinition.Builder work(Path directory, String script) {
    String mark = "$HPC4J_JOB_ID.${HPC4J_ARRAY_INDEX:--}.$HPC4J_ATTEMPT";
    return JobDefinition.builder(series(directory))
        .command("sh", "-c", "mkdir \"marks/" + mark + "\" || exit 99\n" + script)
        .stdout("/dev/null");
  }

  JobDefinition.Builder work(String script) {
    return work(directory, script);
  }

  /** What the names of its jobs end with, or go on with. */
  private static String series(Path directory) {
    return String.valueOf(directory.getFileName());
  }

  /** Expects a plain job to end with an exit status. */
  void expect(JobId job, int status) {
    expect(job, "-", 1, ending(status));
  }

  /** Expects an element to end with an exit status. */
  void expect(JobId array, int index, int status) {
    expect(array, String.valueOf(index), 1, ending(status));
  }

  /** Expects an attempt to end so in Slurm's words. */
  void expect(JobId job, String index, int attempt, String ending) {
    expected.add(line(job.token(), index, attempt, ending));
  }

  static String ending(int status) {
    return (status == 0 ? "COMPLETED " : "FAILED ") + status + ":0";
  }

  private static String line(String token, String index, int attempt, String ending) {
    return token + "." + index + "." + attempt + " " + ending;
  }

  /** How many ends are expected. */
  int size() {
    return expected.size();
  }

  /** Waits until Slurm has noted as many ends as are expected, and compares. */
  void check() throws IOException {
    Cluster.until("Slurm has noted " + size() + " ends", () -> noted().size() >= size());

    assertThat(noted()).containsExactlyInAnyOrderElementsOf(expected);
    try (Stream<Path> marks = Files.list(directory.resolve("marks"))) {
      assertThat(marks.map(mark -> mark.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              expected.stream().map(line -> line.split(" ", -1)[0]).toList());
    }
  }

  private List<String> noted() {
    return cluster.ended().stream().flatMap(end -> line(end).stream()).toList();
  }

  private Optional<String> line(Cluster.Ended end) {
    return NativeJob.parse(end.name())
        .filter(name -> name.rest().startsWith(series(directory)))
        .map(
            name -> {
              int task = end.id().indexOf('_');
              String index =
                  task < 0
                      ? "-"
                      : String.valueOf(
                          Integer.parseInt(end.id().substring(task + 1)) + name.offset());
              return line(name.token(), index, name.attempt(), end.state() + " " + end.exit());
            });
  }
}
