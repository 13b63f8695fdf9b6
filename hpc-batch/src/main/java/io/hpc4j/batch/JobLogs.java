package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Logs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a job has written, one stream for each attempt. */
final class JobLogs {
  private static final String GROUP = "/aws/batch/job";

  private JobLogs() {}

  /** The logs of a job or element; called under the job's lock. */
  static Logs of(BatchJob job, Task task, LogReader reader) {
    String group = group(job, task);
    int base = task.piece == null ? 0 : task.piece.what.attempt() - 1;
    TreeMap<Integer, String> streams = new TreeMap<>(task.earlierStreams());
    task.told()
        .map(Seen::logStreams)
        .ifPresent(some -> some.forEach((number, stream) -> streams.put(base + number, stream)));
    List<Logs.Entry> entries = new ArrayList<>();
    streams.forEach(
        (attempt, stream) ->
            entries.add(
                new Logs.Entry(
                    attempt,
                    0,
                    0,
                    Logs.Stream.STDOUT,
                    group + ":" + stream,
                    new Stream(reader, group, stream))));
    return new Logs(entries);
  }

  /** AWS tells it of jobs of other programs too. */
  private static String group(BatchJob job, Task task) {
    return task.told()
        .map(Seen::logGroup)
        .filter(named -> !named.isEmpty())
        .orElseGet(() -> Options.of(job).logOptions().getOrDefault("awslogs-group", GROUP));
  }

  /** A stream, which is read on from where it was last read to. Thread-safe. */
  private static final class Stream implements Logs.Source {
    private final LogReader reader;
    private final String group;
    private final String stream;
    private final StringBuilder text = new StringBuilder();
    private @Nullable String token;

    Stream(LogReader reader, String group, String stream) {
      this.reader = reader;
      this.group = group;
      this.stream = stream;
    }

    @Override
    public synchronized Optional<InputStream> open(long offset) throws IOException {
      try {
        while (true) {
          Optional<LogReader.Page> page = reader.read(group, stream, token);
          if (page.isEmpty()) {
            return Optional.empty();
          }
          text.append(page.get().text());
          if (page.get().token().equals(token)) {
            break;
          }
          token = page.get().token();
        }
      } catch (BackendException e) {
        throw new IOException(e.getMessage(), e);
      }
      byte[] all = text.toString().getBytes(StandardCharsets.UTF_8);
      int from = (int) Math.min(offset, all.length);
      return Optional.of(new ByteArrayInputStream(all, from, all.length - from));
    }
  }
}
