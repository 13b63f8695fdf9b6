package io.hpc4j.slurm.script;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.spi.Submission;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One job of Slurm's that a submission needs: a window of an array, or a further attempt.
 *
 * @param id the job's identity
 * @param request what it asks for
 * @param indices the elements that this one is for; empty outside an array
 * @param offset what is taken off an element's index to get the index that Slurm knows
 * @param attempt the first attempt that this one makes
 * @param memory the memory on each node
 * @param begin not to start before this; {@link Instant#MIN} for at once
 */
public record NativeJob(
    JobId id,
    JobRequest request,
    IndexSet indices,
    int offset,
    int attempt,
    Memory memory,
    Instant begin) {
  private static final Pattern NAME =
      Pattern.compile("h4j([0-9a-z]+)(?:_(\\d{1,9})_(\\d{1,9}))?-(.*)");
  private static final int LONGEST_NAME = 128;

  /** What a native name says of itself. */
  public record Name(String token, int offset, int attempt, String rest) {}

  /**
   * The name that it is given, and found again by: the submission's own; a window or a further
   * attempt has its offset and attempt after the token.
   */
  public String name() {
    String name = new Submission(id, request, part -> {}).nativeName();
    if (offset == 0 && attempt == 1) {
      return name;
    }
    String begin = "h4j" + id.token();
    String whole = begin + "_" + offset + "_" + attempt + name.substring(begin.length());
    return whole.substring(0, Math.min(whole.length(), LONGEST_NAME));
  }

  /** Reads a native name; empty for one that is not of our making. */
  public static Optional<Name> parse(String name) {
    Matcher m = NAME.matcher(name);
    if (!m.matches()) {
      return Optional.empty();
    }
    boolean first = m.group(2) == null;
    return Optional.of(
        new Name(
            m.group(1),
            first ? 0 : Integer.parseInt(m.group(2)),
            first ? 1 : Integer.parseInt(m.group(3)),
            m.group(4)));
  }

  /** Returns a part of it, from one position among its indices to before another. */
  public NativeJob part(int from, int to) {
    return of(IndexSet.of(indices.stream().skip(from).limit(to - from).toArray()));
  }

  /** Returns this for some of its indices. */
  public NativeJob of(IndexSet some) {
    return new NativeJob(id, request, some, offset, attempt, memory, begin);
  }

  /** Whether an element, or the job that is no array, is in it. */
  public boolean carries(int index) {
    return !isArray() || indices.contains(index);
  }

  /** Whether it is of an array. */
  boolean isArray() {
    return request.isArray();
  }

  /** How the work is started on its nodes. */
  Launch launch() {
    return request.effective().launch().orElse(Launch.MAIN);
  }

  /** How many tasks a job has in all. */
  public static int tasks(JobRequest request) {
    Resources resources = request.effective().resources();
    return switch (request.effective().launch().orElse(Launch.MAIN)) {
      case MAIN -> 1;
      case PER_NODE -> resources.nodes();
      case PER_TASK -> resources.totalTasks();
    };
  }
}
