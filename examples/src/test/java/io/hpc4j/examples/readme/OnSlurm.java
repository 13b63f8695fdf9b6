package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.model.*;
import io.hpc4j.slurm.*;
import java.nio.file.*;
import java.time.Duration;
import java.util.List;

public class OnSlurm {
  public static void main(String[] args) {
    JobDefinition hello =
        JobDefinition.builder("hello")
            .script("echo Hello World from $(hostname)")
            .timeout(Duration.ofMinutes(10)) // what Slurm calls the time limit
            .build();

    JobStore store = JobStore.file(Path.of("jobs"));
    try (JobClient hpc = JobClient.builder(SlurmBackend.create()).store(store).build()) {
      List<Job> open = hpc.resume(); // what an earlier run of this program has left
      Job job =
          open.isEmpty()
              ? hpc.submit(hello, r -> r.array(8).options(SlurmOptions.create().account("physics")))
              : open.get(0);
      System.out.print(Tables.queue(hpc));
      System.out.println(job.await().status().counts()); // {SUCCEEDED=8}
      System.out.print(job.element(3).logs().text()); // Hello World from node17
    }
  }
}
