package io.hpc4j.examples;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.Tables;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Logs;
import io.hpc4j.slurm.SlurmBackend;
import io.hpc4j.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The first day on a cluster: look at the nodes, submit a script, submit it as an array, watch the
 * queue, find one output file for each element; on AWS Batch, which tells no nodes, one log. The
 * cluster is ten declared nodes on this machine, a real Slurm or AWS Batch.
 */
public final class HelloCluster {
  private static final int NODES = 10;
  private static final int ELEMENTS = 65;
  private static final int ENDED_AT_SECOND_LOOK = 30;

  private final JobClient hpc;
  private final Path folder;

  private HelloCluster(JobClient hpc, Path folder) {
    this.hpc = hpc;
    this.folder = folder;
  }

  /** Runs it; {@code --help} tells the options. Ends with exit code 0 if all jobs succeed. */
  public static void main(String[] args) throws IOException {
    HelloOptions options;
    try {
      options = HelloOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HelloOptions.USAGE);
      System.exit(2);
      return;
    }
    if (options.help()) {
      System.out.print(HelloOptions.USAGE);
    } else if (!run(options)) {
      System.exit(1);
    }
  }

  private static boolean run(HelloOptions options) throws IOException {
    Path folder = RunFolder.in(options.output());
    Backend cluster =
        switch (options.backend()) {
          case LOCAL -> declared(folder);
          case SLURM -> SlurmBackend.builder().workingDirectory(folder).build();
          case BATCH -> AwsBatch.backend(options.endpoint(), options.queue());
        };
    try (JobClient hpc = JobClient.on(cluster)) {
      return new HelloCluster(hpc, folder).run(options.sleep());
    }
  }

  private static Backend declared(Path folder) {
    JobQueue queue =
        JobQueue.builder("hello")
            .runsOn(ComputeEnvironment.fixed("node", NODES, Capacity.cpus(1)))
            .build();
    return LocalBackend.builder().queue(queue).workingDirectory(folder).build();
  }

  private boolean run(Duration sleep) throws IOException {
    if (hpc.capabilities().has(Capability.NODES)) {
      show("The nodes:", Tables.nodes(hpc));
    }
    Path script = writeScript(sleep);
    JobDefinition hello = writing(script, "hello.out");
    show("The script " + script + ":", Files.readString(script));
    boolean first = runOnce(hello);

    Job array = hpc.submit(writing(script, "hello_%a.out"), r -> r.array(ELEMENTS));
    watch(array);
    String where = choosesFiles() ? "output file" : "log";
    show("One " + where + " for each element:", samples(array));

    JobStatus end = array.status();
    int succeeded = end.count(JobState.SUCCEEDED);
    System.out.println(succeeded + " succeeded, " + (ELEMENTS - succeeded) + " failed");
    return first && succeeded == ELEMENTS;
  }

  private boolean choosesFiles() {
    return hpc.capabilities().has(Capability.OUTPUT_PATTERN);
  }

  private JobDefinition writing(Path script, String file) throws IOException {
    JobDefinition.Builder hello = JobDefinition.builder("hellojob").scriptFile(script);
    return choosesFiles() ? hello.stdout(file).build() : hello.build();
  }

  /** Says on which node of the cluster it is, which need not be a host of its own. */
  private Path writeScript(Duration sleep) throws IOException {
    String text =
        """
        #!/bin/sh
        sleep %d
        echo "Hello World from $(hostname), $HPC4J_MAIN_NODE"
        """
            .formatted(sleep.toSeconds());
    return Files.writeString(folder.resolve("hellojob.sh"), text);
  }

  private boolean runOnce(JobDefinition hello) {
    Job job = hpc.submit(hello);
    job.await(JobState.RUNNING, Duration.ofSeconds(10));
    show("Submitted once, the queue:", Tables.queue(hpc));
    job.await();
    show("It has ended as " + job.state() + " and wrote:", job.logs().text());
    return job.state() == JobState.SUCCEEDED;
  }

  /** Shows the progress, and the queue once part of the array has ended. */
  private void watch(Job array) {
    CompletableFuture<JobStatus> secondLook = new CompletableFuture<>();
    try (Progress progress = Progress.of("hellojob", ELEMENTS)) {
      array.onEvent(
          event -> {
            JobStatus status = statusIn(event);
            if (status != null) {
              progress.ended(ended(status));
              if (ended(status) >= ENDED_AT_SECOND_LOOK && status.count(JobState.RUNNING) > 0) {
                secondLook.complete(status);
              }
            }
          });
      CompletableFuture.anyOf(secondLook, array.completion()).join();
      String queue = Tables.queue(hpc);
      progress.aside(
          () -> show("Submitted as an array of " + ELEMENTS + ", the queue now:", queue));
      array.await();
      progress.ended(ended(array.status()));
    }
  }

  private static int ended(JobStatus array) {
    return array.counts().entrySet().stream()
        .filter(count -> count.getKey().isEnded())
        .mapToInt(count -> count.getValue())
        .sum();
  }

  private static @Nullable JobStatus statusIn(JobEvent event) {
    if (event instanceof JobEvent.StateChanged changed) {
      return changed.status();
    }
    return event instanceof JobEvent.Progress progressed ? progressed.status() : null;
  }

  private static String samples(Job array) {
    StringBuilder lines = new StringBuilder();
    for (int index : new int[] {0, 1, ELEMENTS - 1}) {
      for (Logs.Entry entry : array.element(index).logs().entries()) {
        lines.append(Path.of(entry.location()).getFileName()).append(": ");
        lines.append(entry.read().orElse("(nothing)\n"));
      }
    }
    return lines.toString();
  }

  private static void show(String title, String text) {
    System.out.println(title);
    System.out.println();
    System.out.println(text.indent(2));
  }
}
