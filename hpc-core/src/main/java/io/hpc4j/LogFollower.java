package io.hpc4j;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Logs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads what a job's logs have gained, again and again, and passes it on line by line. */
final class LogFollower {
  private static final Duration INTERVAL = Duration.ofMillis(250);

  private final Job job;
  private final boolean virtual;
  private final Consumer<String> lines;
  private final Map<String, Position> positions = new HashMap<>();

  /** How far one log has been read, and the line that has begun and not ended. */
  private static final class Position {
    private long offset;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  }

  LogFollower(Job job, boolean virtual, Consumer<String> lines) {
    this.job = job;
    this.virtual = virtual;
    this.lines = lines;
  }

  void run() {
    boolean ended;
    do {
      ended = (virtual ? job.await() : job.await(INTERVAL)).state().isEnded();
      job.logs().entries().forEach(this::readOn);
    } while (!ended);
    positions.values().forEach(this::endLine);
  }

  private void readOn(Logs.Entry entry) {
    Position position = positions.computeIfAbsent(entry.location(), location -> new Position());
    try (InputStream in = entry.source().open(position.offset).orElse(null)) {
      if (in != null) {
        byte[] bytes = in.readAllBytes();
        position.offset += bytes.length;
        split(bytes, position);
      }
    } catch (IOException e) {
      throw new BackendException("cannot read the log " + entry.location(), e);
    }
  }

  private void split(byte[] bytes, Position position) {
    for (byte b : bytes) {
      if (b == '\n') {
        lines.accept(position.line.toString(StandardCharsets.UTF_8));
        position.line.reset();
      } else {
        position.line.write(b);
      }
    }
  }

  private void endLine(Position position) {
    if (position.line.size() > 0) {
      lines.accept(position.line.toString(StandardCharsets.UTF_8));
    }
  }
}
