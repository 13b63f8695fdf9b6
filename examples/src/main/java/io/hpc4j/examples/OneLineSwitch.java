package io.hpc4j.examples;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.slurm.SlurmBackend;
import io.hpc4j.spi.Backend;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One program on three backends: it counts the primes below 10,000 in ten parts. Which of the three
 * lines makes the backend is all that differs; the results are the same.
 */
public final class OneLineSwitch {
  private static final String USAGE = "usage: OneLineSwitch [local | slurm | batch [URL]]";
  private static final int PARTS = 10;

  private OneLineSwitch() {}

  /** Runs it on this machine, on Slurm, or on AWS Batch or what speaks like it at a URL. */
  public static void main(String... args) throws IOException {
    Path folder = RunFolder.in(Path.of("target", "one-line-switch"));
    Optional<URI> endpoint = args.length > 1 ? Optional.of(URI.create(args[1])) : Optional.empty();
    Backend backend =
        switch (args.length == 0 ? "local" : args[0]) {
          case "local" -> LocalBackend.builder().workingDirectory(folder).build();
          case "slurm" -> SlurmBackend.builder().workingDirectory(folder).build();
          case "batch" -> AwsBatch.backend(endpoint, "default");
          default -> throw new IllegalArgumentException(USAGE);
        };
    try (JobClient hpc = JobClient.on(backend)) {
      System.out.println(primes(hpc) + " primes below 10000");
    }
  }

  private static int primes(JobClient hpc) {
    JobDefinition part =
        JobDefinition.builder("primes")
            .script(
                """
                #!/bin/sh
                awk -v part="$HPC4J_ARRAY_INDEX" 'BEGIN {
                  for (n = part * 1000; n < (part + 1) * 1000; n++) {
                    prime = n > 1
                    for (d = 2; prime && d * d <= n; d++) prime = n % d
                    if (prime) count++
                  }
                  print count
                }'
                """)
            .build();
    Job parts = hpc.submit(part, r -> r.array(PARTS));
    parts.await().orThrow();
    return parts.elements().stream()
        .mapToInt(each -> Integer.parseInt(each.logs().text().strip()))
        .sum();
  }
}
