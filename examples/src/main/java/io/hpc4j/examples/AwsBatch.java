package io.hpc4j.examples;

import io.hpc4j.batch.BatchBackend;
import io.hpc4j.spi.PollPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;

/** AWS Batch for the examples: AWS itself, or what speaks like it elsewhere. */
final class AwsBatch {
  private static final String IMAGE = "public.ecr.aws/docker/library/busybox:1.36";

  private AwsBatch() {}

  /**
   * Returns a backend.
   *
   * @param endpoint where AWS Batch is spoken; AWS itself if absent
   * @param queue the queue of jobs that name none
   */
  static BatchBackend backend(Optional<URI> endpoint, String queue) {
    BatchBackend.Builder backend =
        BatchBackend.builder(at(endpoint, BatchClient.builder()).build())
            .logs(at(endpoint, CloudWatchLogsClient.builder()).build())
            .image(IMAGE)
            .queue(queue);
    if (endpoint.isPresent()) { // nobody minds how often it is asked
      Duration patience = Duration.ofMinutes(5);
      backend.pollPolicy(new PollPolicy(Duration.ofMillis(100), Duration.ofSeconds(1), patience));
    }
    return backend.build();
  }

  private static <B extends AwsClientBuilder<B, ?>> B at(Optional<URI> endpoint, B client) {
    return endpoint
        .map(
            url ->
                client
                    .endpointOverride(url)
                    .region(Region.US_EAST_1)
                    .credentialsProvider(
                        StaticCredentialsProvider.create(
                            AwsBasicCredentials.create("anybody", "none"))))
        .orElse(client);
  }
}
