package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A program of its own that runs one command as a job, and says how that ended. */
final class ClientProgram {
  private ClientProgram() {}

  /** Runs the program with variables on top of this program's environment. */
  static String run(ClusterCases test, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of(test.cluster.configuration().toString(), test.directory.toString()));
    arguments.addAll(Arrays.asList(command));
    ProcessBuilder builder = java(ClientProgram.class, arguments).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** A Java program with this one's class path. */
  static ProcessBuilder java(Class<?> main, List<String> arguments) {
    String classPath =
        System.getProperty("java.class.path") + ":" + System.getProperty("jdk.module.path", "");
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                main.getName()));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  /** Takes Slurm's configuration, a folder and the command. */
  public static void main(String[] args) {
    SlurmBackend backend =
        ClusterCases.backend(Path.of(args[0]), Path.of(args[1]), CommandRunner.local(), "records");
    try (JobClient hpc = JobClient.on(backend)) {
      String[] command = Arrays.copyOfRange(args, 2, args.length);
      Job job = hpc.submit(JobDefinition.builder("program").command(command).build()).await();
      JobStatus status = job.status();
      System.out.println(status.state() + " " + status.exit().orElseThrow());
      System.out.println("partition " + status.queue().orElseThrow());
      System.out.println("started " + status.startedAt().orElseThrow());
    }
  }
}
