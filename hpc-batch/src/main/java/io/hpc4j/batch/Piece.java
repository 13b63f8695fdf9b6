package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;
import io.hpc4j.spi.Accepted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One of AWS Batch's jobs that carry a job of ours: all of it, a part of an array, or a further
 * attempt of some elements. Guarded by its job.
 */
final class Piece {
  private static final Pattern MEMO = Pattern.compile("\\d+ \\d+ \\d+ (\\d+)");

  /** Why AWS is told to give back a job that is held; it repeats that to whoever asks. */
  static final String TAKEN_BACK = "taken back by hpc4j: the job is held";

  final String nativeId;
  final NativeJob what;
  final Instant acceptedAt;

  /** What AWS has told of it last; of an array, of the whole. */
  @Nullable Seen seen;

  /** Since when AWS has not known it, while it does not. */
  @Nullable Instant unknownSince;

  /** How many elements were in each state when those that wait were last listed. */
  @Nullable Map<String, Integer> listedAt;

  /** Whether it was asked which elements AWS lists as successes that are none. */
  boolean successesRead;

  /** Whether all of it has ended and AWS need not be asked again. */
  boolean over;

  Piece(String nativeId, NativeJob what, Instant acceptedAt) {
    this.nativeId = nativeId;
    this.what = what;
    this.acceptedAt = acceptedAt;
  }

  /** Takes up again one that an earlier program was told of. */
  static Piece of(Accepted part, Instant submittedAt) {
    String[] memo = part.memo().split(" ", -1);
    if (memo.length != 4) {
      throw new IllegalArgumentException("no memo of a job of AWS Batch's: " + part);
    }
    Memory memory = Memory.ofBytes(Long.parseLong(memo[2]));
    NativeJob what =
        new NativeJob(
            Integer.parseInt(memo[0]),
            part.indices(),
            Integer.parseInt(memo[1]),
            memory,
            List.of());
    return new Piece(part.nativeId(), what, submittedAt);
  }

  /** When the job of such notes was submitted; empty if none of them says it. */
  static Optional<Instant> submittedAt(List<Accepted> parts) {
    return parts.stream()
        .map(part -> MEMO.matcher(part.memo()))
        .filter(Matcher::matches)
        .findFirst()
        .map(memo -> Instant.ofEpochMilli(Long.parseLong(memo.group(1))));
  }

  /** Whether such a note is of a job that waited here before anything of it was sent. */
  static boolean isKept(Accepted part) {
    return !isSent(part) && MEMO.matcher(part.memo()).matches();
  }

  Accepted toAccepted(Instant submittedAt) {
    return accepted(nativeId, what, submittedAt);
  }

  /** Notes a job that was accepted here, and waits here before anything of it is sent. */
  static Accepted kept(NativeJob first, Instant submittedAt) {
    return accepted("", first, submittedAt);
  }

  /** Whether such a note is of one of AWS's jobs. */
  static boolean isSent(Accepted part) {
    return !part.nativeId().isEmpty();
  }

  private static Accepted accepted(String nativeId, NativeJob what, Instant submittedAt) {
    return new Accepted(
        nativeId,
        what.indices(),
        what.part()
            + " "
            + what.attempt()
            + " "
            + what.memory().bytes()
            + " "
            + submittedAt.toEpochMilli());
  }

  boolean isArray() {
    return what.isArray();
  }

  IndexSet indices() {
    return what.indices();
  }

  /** AWS's id of an element, or of the job. */
  String nativeId(int index) {
    return isArray() ? nativeId + ":" + indices().rankOf(index).orElseThrow() : nativeId;
  }

  /** How many of its elements AWS says are in a state. */
  int count(String status) {
    return seen == null ? 0 : seen.summary().getOrDefault(status, 0);
  }

  /** Whether AWS does not say that none of its elements has succeeded; it counts late. */
  boolean mayHaveSucceeded() {
    return seen == null || count("FAILED") < indices().size();
  }

  @Override
  public String toString() {
    return nativeId;
  }
}
