package io.hpc4j.batch;

import io.hpc4j.batch.status.Seen;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.Sentence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A job that is no array, or one element, with all that is known of it. Guarded by its job. */
final class Task {
  /** The one of AWS's that it is in; absent while AWS has not got it. */
  @Nullable Piece piece;

  /** What AWS has told of it last. */
  @Nullable Seen seen;

  private JobState state = JobState.SUBMITTED;

  /** What is said of its end instead of AWS's words. */
  @Nullable Sentence verdict;

  /** When it was seen to have ended. */
  @Nullable Instant endedHere;

  /** The attempt that is to follow one that has failed, until AWS has it. */
  RetryPolicy.@Nullable Retry retry;

  /** Whether the program that has submitted it, another one, may make another attempt. */
  boolean mayBeTriedElsewhere;

  /** How many attempts have been submitted by this program. */
  int tries = 1;

  /** Whether it was ended between two attempts. */
  private boolean between;

  /** Whether the attempt that is to follow is one that was taken back before it ran. */
  private boolean takenBack;

  private List<Attempt> earlier = List.of();
  private Map<Integer, String> earlierStreams = Map.of(); // mostly none: an element costs little

  /** The first, or a further one, of AWS's that it is in. */
  void sent(Piece by) {
    if (piece != null) {
      earlier = attempts();
      int base = piece.what.attempt() - 1;
      Map<Integer, String> streams = new TreeMap<>(earlierStreams);
      told()
          .map(Seen::logStreams)
          .ifPresent(some -> some.forEach((n, stream) -> streams.put(base + n, stream)));
      earlierStreams = streams;
      tries += takenBack ? 0 : 1;
    }
    takenBack = false;
    piece = by;
    seen = null;
    retry = null;
    mayBeTriedElsewhere = false;
    verdict = null;
    endedHere = null;
    state = JobState.SUBMITTED;
  }

  /** What AWS tells; a state that is not known here changes none, and an end is an end. */
  void see(Seen now) {
    if (!state.isFinal() || now.state().map(state::equals).orElse(false)) {
      seen = now;
      state = now.state().orElse(state);
    }
  }

  /** What is known of its state alone. */
  void isIn(JobState now) {
    if (!state.isFinal()) {
      state = now;
    }
  }

  /** It ends here: AWS never had it, or has it no more. */
  void end(Sentence how, Instant at) {
    verdict = how;
    state = how.state();
    if (retry != null) {
      between = !takenBack;
      retry = null;
      endedHere = at;
    }
    endedBy(at);
  }

  /** AWS has not known it for too long; what had ended before has. */
  void lose(Instant at) {
    if (!state.isEnded()) {
      end(Sentence.lost("AWS Batch does not know it any more"), at);
    }
  }

  /** AWS knows it after all. */
  void findAgain() {
    if (state == JobState.LOST) {
      state = JobState.SUBMITTED;
      verdict = null;
      endedHere = null;
    }
  }

  /** AWS has given it back before it ran: it is to be sent again. */
  void takeBack() {
    takenBack = true;
    retry = new RetryPolicy.Retry(Duration.ZERO, Objects.requireNonNull(piece).what.memory());
  }

  boolean isTakenBack() {
    return takenBack && retry != null;
  }

  /** AWS does not say when something ended that never ran: it is when that was seen. */
  void endedBy(Instant at) {
    if (endedHere == null) {
      endedHere = at;
    }
  }

  /** The state to tell: a failure that is followed by another attempt is none yet. */
  JobState state() {
    return isFollowed() ? JobState.PENDING : state;
  }

  /** Whether another attempt follows, or may follow, one that has failed. */
  boolean isFollowed() {
    return retry != null || mayBeTriedElsewhere;
  }

  /** Whether it has ended, with no further attempt to follow. */
  boolean isEnded() {
    return state.isEnded() && !isFollowed();
  }

  /** Whether the present attempt has ended. */
  boolean attemptHasEnded() {
    return state.isEnded();
  }

  /** Why it has ended, as far as is known. */
  Optional<Reason> reason() {
    return verdict == null ? present().flatMap(Seen::reason) : Optional.of(verdict.reason());
  }

  /** The number of the present attempt, or of the one that is to follow. */
  int attempt() {
    int base = piece == null ? 1 : piece.what.attempt();
    if (takenBack) {
      return base + (seen == null ? 0 : seen.attempts().size());
    }
    int now = base - 1 + (seen == null ? 1 : seen.attempt());
    return !isFollowed() && !between ? now : now + 1;
  }

  /** What AWS has told of the present attempt. */
  Optional<Seen> present() {
    return !isFollowed() && !between ? told() : Optional.empty();
  }

  Optional<Seen> told() {
    return Optional.ofNullable(seen);
  }

  /** Where the attempts of earlier jobs of AWS's have written, by their numbers. */
  Map<Integer, String> earlierStreams() {
    return earlierStreams;
  }

  Optional<Instant> started() {
    return told().flatMap(Seen::started);
  }

  Optional<Instant> ended() {
    return state.isEnded()
        ? (between ? Optional.<Seen>empty() : told())
            .flatMap(Seen::ended)
            .or(() -> Optional.ofNullable(endedHere))
        : Optional.empty();
  }

  /** When a wait for the next attempt began; AWS's clock may be ahead of this one. */
  Instant restsSince() {
    Instant told = ended().orElse(Instant.MIN);
    return endedHere != null && endedHere.isBefore(told) ? endedHere : told;
  }

  /** Its attempts that have run, those of earlier jobs of AWS's included. */
  List<Attempt> attempts() {
    List<Attempt> all = new ArrayList<>(earlier);
    int base = piece == null ? 1 : piece.what.attempt();
    List<Attempt> present = told().map(Seen::attempts).orElse(List.of());
    for (Attempt a : present) {
      boolean last = a.number() == present.size();
      Sentence how = verdict;
      all.add(numbered(a, base - 1 + a.number(), last && !between ? how : null));
    }
    return all;
  }

  private static Attempt numbered(Attempt a, int number, @Nullable Sentence how) {
    return new Attempt(
        number,
        how == null ? a.state() : how.state(),
        how == null ? a.reason() : Optional.of(how.reason()),
        a.exit(),
        a.nodes(),
        a.startedAt(),
        a.endedAt(),
        how == null ? a.message() : how.message(),
        a.usage());
  }
}
