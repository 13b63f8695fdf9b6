package io.hpc4j.local.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpc4j.model.HpcException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.CharsetEncoder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;

/**
 * A log or a model of a cluster's workload, in the Standard Workload Format, version 2.2.
 *
 * <p>What is written and read again is equal. Comments between jobs move to the top. Immutable;
 * methods that read or write block.
 *
 * @param comments the comments in their order, each as it stands behind its semicolon
 * @param jobs the jobs in the order of the file
 * @see <a href="https://www.cs.huji.ac.il/labs/parallel/workload/swf.html">The Standard Workload
 *     Format</a>
 */
public record SwfTrace(List<String> comments, List<SwfJob> jobs) {
  /**
   * Checks the comments.
   *
   * @throws IllegalArgumentException if one has a line break, or is no Unicode text
   */
  public SwfTrace {
    CharsetEncoder encoder = UTF_8.newEncoder();
    for (String comment : comments) {
      if (comment.indexOf('\n') >= 0 || comment.indexOf('\r') >= 0 || !encoder.canEncode(comment)) {
        throw new IllegalArgumentException("a comment is one line of text, not: " + comment);
      }
    }
    comments = List.copyOf(comments);
    jobs = List.copyOf(jobs);
  }

  /**
   * Reads a file, compressed by gzip or plain, whichever it turns out to be.
   *
   * @throws HpcException if the file cannot be read, is damaged, or has a line that is neither
   *     blank nor a comment nor 18 numbers; it names file, line and field, and shows the text
   */
  public static SwfTrace read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    } catch (IOException e) {
      throw new HpcException("cannot read " + file + ": " + reason(e), e);
    }
  }

  /**
   * Reads a stream to its end, compressed by gzip or plain. Does not close it.
   *
   * @param in the bytes of a file
   * @param name what to call it in messages
   * @throws HpcException as {@link #read(Path)}
   */
  public static SwfTrace read(InputStream in, String name) {
    return SwfReader.read(in, name);
  }

  /**
   * Writes a file, in place of one that is there; compressed by gzip if its name ends with {@code
   * .gz}.
   *
   * @throws HpcException if that fails
   */
  public void write(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      if (file.toString().endsWith(".gz")) {
        GZIPOutputStream compressed = new GZIPOutputStream(out, 1 << 16);
        writeText(compressed);
        compressed.finish();
      } else {
        writeText(out);
      }
    } catch (IOException e) {
      throw new HpcException("cannot write " + file + ": " + reason(e), e);
    }
  }

  /**
   * Writes what stands in a plain file to a stream. Flushes it, does not close it.
   *
   * @throws HpcException if that fails
   */
  public void write(OutputStream out) {
    try {
      writeText(out);
    } catch (IOException e) {
      throw new HpcException("cannot write a trace: " + reason(e), e);
    }
  }

  private void writeText(OutputStream out) throws IOException {
    Writer writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8), 1 << 16);
    for (String comment : comments) {
      writer.append(';').append(comment).append('\n');
    }
    StringBuilder line = new StringBuilder();
    for (SwfJob job : jobs) {
      line.setLength(0);
      job.appendTo(line);
      writer.append(line).append('\n');
    }
    writer.flush();
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException ? "there is no such file" : e.toString();
  }

  /**
   * What the comments say under a label, such as {@code Computer}: the rest of the first comment
   * that begins with the label and a colon.
   */
  public Optional<String> header(String label) {
    return comments.stream()
        .map(String::strip)
        .filter(comment -> comment.startsWith(label + ":"))
        .map(comment -> comment.substring(label.length() + 1).strip())
        .findFirst();
  }

  /**
   * The processors of the machine, {@code MaxProcs}. Absent if the comments do not say it; a
   * machine whose nodes have one processor each may have {@code MaxNodes} only.
   */
  public OptionalInt maxProcs() {
    return wholeHeader("MaxProcs").stream()
        .filter(value -> value > 0 && value <= Integer.MAX_VALUE)
        .mapToInt(value -> (int) value)
        .findFirst();
  }

  /** The instant from which times are counted, {@code UnixStartTime}; absent if it is not said. */
  public Optional<Instant> unixStartTime() {
    OptionalLong seconds = wholeHeader("UnixStartTime");
    return seconds.isPresent()
        ? Optional.of(Instant.ofEpochSecond(seconds.getAsLong()))
        : Optional.empty();
  }

  /** The number with which a header begins; remarks may follow, as in {@code 128 (64+64)}. */
  private OptionalLong wholeHeader(String label) {
    return header(label).stream()
        .map(value -> value.split("[\\s(]", 2)[0])
        .filter(number -> number.matches("\\d{1,11}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  /**
   * Returns what a scheduler needs of the jobs that a machine with so many processors can run.
   *
   * <p>A job's processors are those it was allocated (field 5), which it held, if that is more than
   * 0, else those it asked for (field 8). Its estimate is the time it asked for (field 9) if that
   * is more than 0, else its run time (field 4). A run time above the estimate becomes the
   * estimate: a job is killed at its limit. What cannot be scheduled is dropped, see {@link Drop},
   * and counts under the first reason that applies. On how such records come into logs: D.
   * Feitelson, D. Tsafrir, D. Krakov, "Experience with using the Parallel Workloads Archive", JPDC
   * 74(10), 2014.
   *
   * @throws IllegalArgumentException if there are no processors
   */
  public Cleaned cleaned(int processors) {
    List<TraceJob> kept = new ArrayList<>(jobs.size());
    Map<Drop, Integer> dropped = new EnumMap<>(Drop.class);
    int cut = 0;
    for (SwfJob job : jobs) {
      long run = job.runTime().orElse(0);
      long allocated = job.allocatedProcessors().orElse(0);
      long wanted = allocated > 0 ? allocated : job.requestedProcessors().orElse(0);
      long submit = job.submitTime().orElse(-1);
      Optional<Drop> drop = Drop.of(run, wanted, processors, submit);
      if (drop.isPresent()) {
        dropped.merge(drop.get(), 1, Integer::sum);
        continue;
      }
      long requested = job.requestedTime().orElse(0);
      long estimate = requested > 0 ? requested : run;
      if (run > estimate) {
        cut++;
      }
      kept.add(new TraceJob(submit, (int) wanted, Math.min(run, estimate), estimate));
    }
    return new Cleaned(new Workload(processors, kept), dropped, cut);
  }

  /** Why a job of a trace cannot be scheduled. */
  public enum Drop {
    /** Its run time is 0, negative or not known. */
    NO_RUN_TIME,
    /** Its processors are 0, negative or not known. */
    NO_PROCESSORS,
    /** It has more processors than the machine. */
    TOO_MANY_PROCESSORS,
    /** The time of its submission is negative or not known. */
    NO_SUBMIT_TIME;

    private static Optional<Drop> of(long run, long wanted, int processors, long submit) {
      if (run <= 0) {
        return Optional.of(NO_RUN_TIME);
      }
      if (wanted <= 0) {
        return Optional.of(NO_PROCESSORS);
      }
      if (wanted > processors) {
        return Optional.of(TOO_MANY_PROCESSORS);
      }
      return submit < 0 ? Optional.of(NO_SUBMIT_TIME) : Optional.empty();
    }
  }

  /**
   * What a trace comes to on a machine.
   *
   * @param workload the jobs that were kept, in the order of the trace
   * @param dropped how many jobs were dropped, and why; nothing for what did not occur
   * @param cut how many of the kept jobs had run for longer than their estimate
   */
  public record Cleaned(Workload workload, Map<Drop, Integer> dropped, int cut) {
    /** Copies the map. */
    public Cleaned {
      Map<Drop, Integer> copy = new EnumMap<>(Drop.class);
      copy.putAll(dropped);
      dropped = Collections.unmodifiableMap(copy);
    }
  }
}
