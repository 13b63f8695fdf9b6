package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import java.time.Duration;

public class TryAgain {
  public static void main(String[] args) {
    JobDefinition flaky =
        JobDefinition.builder("flaky")
            .script("test $HPC4J_ATTEMPT = 3 || exit 75") // works at the third try
            .timeout(Duration.ofMinutes(5)) // for each attempt
            .retry(
                RetryPolicy.attempts(3)
                    .retryOnExitCode(75)
                    .retryOn(Reason.NODE_FAILURE)
                    .growMemoryOn(Reason.OUT_OF_MEMORY, 2.0))
            .build();

    try (JobClient hpc = JobClient.on(LocalBackend.create())) {
      Job job = hpc.submit(flaky).await();
      for (Attempt attempt : job.attempts()) {
        System.out.println(attempt.number() + " " + attempt.reason().orElseThrow());
      } // 1 NON_ZERO_EXIT, 2 NON_ZERO_EXIT, 3 SUCCESS
    }
  }
}
