package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** Reads logs from CloudWatch. Thread-safe. */
final class CloudWatchReader implements LogReader {
  private final CloudWatchLogsClient client;

  CloudWatchReader(CloudWatchLogsClient client) {
    this.client = client;
  }

  @Override
  public Optional<Page> read(String group, String stream, @Nullable String token) {
    try {
      GetLogEventsResponse page =
          client.getLogEvents(
              r ->
                  r.logGroupName(group).logStreamName(stream).startFromHead(true).nextToken(token));
      String text =
          page.events().stream().map(event -> event.message() + "\n").collect(Collectors.joining());
      return Optional.of(new Page(text, page.nextForwardToken()));
    } catch (ResourceNotFoundException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw new BackendException("GetLogEvents of " + stream + " failed: " + e.getMessage(), e);
    }
  }
}
