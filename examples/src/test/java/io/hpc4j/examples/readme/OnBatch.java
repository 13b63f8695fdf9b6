package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.batch.*;
import io.hpc4j.model.*;
import io.hpc4j.testkit.*;
import software.amazon.awssdk.services.batch.BatchClient;

public class OnBatch {
  public static void main(String[] args) {
    JobDefinition hello =
        JobDefinition.builder("hello")
            .script("echo Hello World, I am $HPC4J_ARRAY_INDEX")
            .image("public.ecr.aws/docker/library/alpine:3.20")
            .retry(RetryPolicy.attempts(3).retryOn(Reason.SPOT_RECLAIMED))
            .build();

    try (BatchEndpoint laptop = BatchEndpoint.start(); // AWS itself needs no endpoint
        BatchClient aws = BatchClient.builder().endpointOverride(laptop.url()).build();
        JobClient hpc = JobClient.on(BatchBackend.builder(aws).queue("default").build())) {
      Job job = hpc.submit(hello, r -> r.array(8));
      System.out.println(job.await().status().counts()); // {SUCCEEDED=8}
    }
  }
}
