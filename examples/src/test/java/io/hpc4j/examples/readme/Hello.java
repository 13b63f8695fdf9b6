package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;

public class Hello {
  public static void main(String[] args) {
    try (JobClient hpc = JobClient.on(LocalBackend.create())) {
      Job job = hpc.submit(JobDefinition.command("echo", "Hello World"));
      System.out.println(job.await().state()); // SUCCEEDED
      System.out.print(job.logs().text()); // Hello World
    }
  }
}
