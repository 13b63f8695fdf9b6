package io.hpc4j.slurm;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A job that is not an array, or one element, with all that is known of it. Guarded by its job. */
final class Task {
  static final WaitReason NEXT_ATTEMPT =
      new WaitReason(WaitReason.Kind.RETRY_DELAY, "it waits for its next attempt after a failure");

  Piece piece;
  Sight sight;

  /** Since when no source has known it, while none does. */
  @Nullable Instant unknownSince;

  /** When a source has last known it. */
  Instant seenAt;

  /** The attempt that is to follow one that has failed, until Slurm has it. */
  RetryPolicy.@Nullable Retry retry;

  /** How many attempts have been submitted. */
  int tries = 1;

  /** Whether this program has seen what its piece carries before that had ended. */
  private boolean seenOpen;

  private List<Attempt> earlier = List.of();

  Task(Piece piece) {
    this.piece = piece;
    sight = Sight.accepted(piece.attempt());
    seenAt = piece.acceptedAt();
  }

  /** Slurm has taken what it had not taken before. */
  void sent(Piece by) {
    piece = by;
    sight = Sight.accepted(by.attempt());
    seenAt = by.acceptedAt();
  }

  /** Whether no source has known it, and none does. */
  boolean wasNeverSeen() {
    return unknownSince != null && sight.state() == JobState.SUBMITTED;
  }

  /** Nobody can tell whether Slurm has had it. */
  void lose() {
    String words = "it may have been sent, and Slurm may have forgotten it: nobody can tell";
    sight = sight.ending(JobState.LOST, Reason.LOST, words);
  }

  /** When the last of its attempts has ended, before the present one. */
  Optional<Instant> lastEnd() {
    return earlier.isEmpty() ? Optional.empty() : earlier.get(earlier.size() - 1).endedAt();
  }

  boolean hasStarted() {
    return sight.started().isPresent() || sight.attempt() > 1;
  }

  boolean isEnded() {
    return sight.state().isEnded() && retry == null;
  }

  void see(Sight now, Instant at) {
    if (now.attempt() > sight.attempt()) { // Slurm has started it again itself
      keep();
    }
    sight = now;
    seenAt = at;
    unknownSince = null;
    seenOpen |= !now.state().isEnded();
  }

  /** Whether no earlier program can have seen its present attempt fail, and sent the next. */
  boolean wasSeenOpen() {
    return seenOpen || piece.exact();
  }

  /** What is to be told of it: a failure that is followed by another attempt is none yet. */
  Sight shown() {
    return retry == null
        ? sight
        : Sight.accepted(sight.attempt() + 1).waiting(JobState.PENDING, NEXT_ATTEMPT);
  }

  /** Begins another attempt. */
  void again(Piece next) {
    keep();
    retry = null;
    tries++;
    piece = next;
    sight = Sight.accepted(next.attempt());
    seenAt = next.acceptedAt();
    unknownSince = null;
  }

  /**
   * Of an attempt of which nothing was seen before it was taken up again there is nothing to tell.
   */
  private void keep() {
    if (sight.state().isEnded()) {
      tell(sight.toAttempt());
    } else if (sight.started().isPresent() && find(sight.attempt()).isEmpty()) {
      String words = "Slurm has started it again; why is not known";
      tell(sight.ending(JobState.FAILED, Reason.UNKNOWN, words).toAttempt());
    }
  }

  private Optional<Attempt> find(int number) {
    return earlier.stream().filter(attempt -> attempt.number() == number).findFirst();
  }

  /** Learns of an attempt that another one has followed. */
  void tell(Attempt attempt) {
    earlier =
        Stream.concat(
                earlier.stream().filter(other -> other.number() != attempt.number()),
                Stream.of(attempt))
            .sorted(Comparator.comparing(Attempt::number))
            .toList();
  }

  /**
   * Whether it is not known of each attempt that Slurm itself has followed by another how it ended.
   */
  boolean lacksEndings() {
    return IntStream.range(piece.attempt(), sight.attempt())
        .mapToObj(this::find)
        .anyMatch(found -> found.flatMap(Attempt::reason).orElse(Reason.UNKNOWN) == Reason.UNKNOWN);
  }

  /** Its attempts; one that never ran is none. */
  List<Attempt> attempts() {
    List<Attempt> all = new ArrayList<>(earlier);
    if (sight.started().isPresent()) {
      all.add(sight.toAttempt());
    }
    return all;
  }
}
