package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import java.io.IOException;
import java.nio.file.*;

public class GoOn {
  public static void main(String[] args) throws IOException {
    Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("jobs");
    LocalBackend backend =
        LocalBackend.builder()
            .store(folder)
            .onClientDeath(LocalBackend.OnClientDeath.KEEP)
            .onClose(LocalBackend.OnClose.LEAVE)
            .build();

    try (JobClient hpc = JobClient.on(backend)) {
      if (hpc.list(JobFilter.all()).isEmpty()) { // run again: nothing is submitted twice
        JobDefinition step =
            JobDefinition.builder("step").script("sleep 0.1").stdout("/dev/null").build();
        hpc.submit(step, r -> r.array(20));
      }
      for (JobStatus job : hpc.list(JobFilter.all())) {
        System.out.println(hpc.job(job.id()).await().status().counts()); // {SUCCEEDED=20}
      }
    }
  }
}
