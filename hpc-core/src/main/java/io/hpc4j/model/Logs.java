package io.hpc4j.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a job has written, one entry for each attempt, node, task and stream.
 *
 * <p>Absence is a value: an entry that has nothing yet, or no longer, reads as empty and never
 * hides how the job ended. Thread-safe; reading may block on I/O.
 *
 * @param entries the streams, ordered by attempt, task and stream
 */
public record Logs(List<Entry> entries) {
  /** No logs at all. */
  public static final Logs NONE = new Logs(List.of());

  /** Copies the entries. */
  public Logs {
    entries = List.copyOf(entries);
  }

  /** The streams of a process. */
  public enum Stream {
    /** Standard output; standard error too, unless that goes to a place of its own. */
    STDOUT,
    /** Standard error, where it goes to a place of its own. */
    STDERR
  }

  /** Where the bytes of an entry come from. */
  @FunctionalInterface
  public interface Source {
    /**
     * Opens the stream from an offset.
     *
     * @param offset how many bytes to leave out
     * @return the bytes that there are now; empty when the log does not exist
     * @throws IOException when it exists and cannot be read
     */
    Optional<InputStream> open(long offset) throws IOException;
  }

  /**
   * One stream of one task of one attempt.
   *
   * @param attempt the attempt, from 1
   * @param nodeIndex the node within the job, from 0
   * @param taskIndex the task within the job, from 0
   * @param stream which stream
   * @param location where it is: a path or an address; for people
   * @param source where the bytes come from
   */
  public record Entry(
      int attempt, int nodeIndex, int taskIndex, Stream stream, String location, Source source) {
    /** Checks for {@code null}. */
    public Entry {
      Objects.requireNonNull(stream, "stream");
      Objects.requireNonNull(location, "location");
      Objects.requireNonNull(source, "source");
    }

    /**
     * Reads all there is now as UTF-8 text, with replacement characters for what is not; empty when
     * the log does not exist.
     *
     * @throws BackendException when it exists and cannot be read
     */
    public Optional<String> read() {
      try (InputStream in = source.open(0).orElse(null)) {
        return in == null
            ? Optional.empty()
            : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new BackendException("cannot read the log " + location, e);
      }
    }

    /** Reads the last lines there are now; none when the log does not exist. */
    public List<String> tail(int lines) {
      if (lines < 0) {
        throw new IllegalArgumentException("lines must not be negative: " + lines);
      }
      Deque<String> last = new ArrayDeque<>();
      try (InputStream in = source.open(0).orElse(null)) {
        if (in != null) {
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .lines()
              .forEach(
                  line -> {
                    last.addLast(line);
                    if (last.size() > lines) {
                      last.removeFirst();
                    }
                  });
        }
      } catch (IOException | UncheckedIOException e) {
        throw new BackendException("cannot read the log " + location, e);
      }
      return List.copyOf(last);
    }
  }

  /** The entries of one attempt. */
  public Logs attempt(int number) {
    return new Logs(entries.stream().filter(e -> e.attempt() == number).toList());
  }

  /** The entries of one node. */
  public Logs node(int nodeIndex) {
    return new Logs(entries.stream().filter(e -> e.nodeIndex() == nodeIndex).toList());
  }

  /** The entries of one stream. */
  public Logs stream(Stream stream) {
    return new Logs(entries.stream().filter(e -> e.stream() == stream).toList());
  }

  /** All text there is now, entry after entry; empty when there is none. */
  public String text() {
    return entries.stream().map(e -> e.read().orElse("")).collect(Collectors.joining());
  }

  /** The last entry: the latest attempt's error output where it is separate. */
  public Optional<Entry> last() {
    return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(entries.size() - 1));
  }
}
