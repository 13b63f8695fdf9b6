package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.slurm.query.NameRow;
import io.hpc4j.slurm.script.NativeJob;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether one of Slurm's jobs is what carries a job of ours: a controller that is killed may
 * forget what it has just taken, and gives the id to another. A job that Slurm says it has taken
 * while sbatch ran is ours; any other is asked for its name before it is believed, all of them in
 * one question. For one observation; not thread-safe.
 */
final class Identity {
  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);

  /** How long sbatch may take. */
  private static final Duration SBATCH = Duration.ofMinutes(1);

  private final Supplier<List<NameRow>> question;
  private final Set<String> named = new HashSet<>(); // with their tokens
  private final Set<String> known = new HashSet<>();
  private boolean asked;
  private boolean failed;

  /**
   * Creates one.
   *
   * @param question tells the names of Slurm's jobs
   */
  Identity(Supplier<List<NameRow>> question) {
    this.question = question;
  }

  /** Whether names had to be asked for, and could not be. */
  boolean failed() {
    return failed;
  }

  /**
   * Whether a job that squeue tells of carries a job of ours.
   *
   * @param submitted when Slurm says that it has taken it
   * @param again whether it was started again, and has another time for that
   */
  boolean isOurs(SlurmJob job, Piece piece, Optional<Instant> submitted, boolean again) {
    if (submitted.isEmpty()) {
      return true;
    }
    Instant at = submitted.get();
    Instant before = job.taken(piece.nativeId()).orElse(null);
    if (before != null) {
      return !before.equals(Instant.MIN) && (again || before.equals(at));
    }
    boolean wasFoundByName = job.request == null || (again && job.isCarriedBy(piece));
    if (wasFoundByName || (!again && isTold(piece, at)) || isNamed(job, piece.nativeId())) {
      if (!again) {
        job.take(piece.nativeId(), at);
      }
      return true;
    }
    if (known.contains(piece.nativeId())) {
      job.forget(piece.nativeId());
    }
    return false;
  }

  /**
   * Whether a first record in the accounts, of an id that Slurm may have given several times, is of
   * a job of ours.
   */
  boolean isRecordOf(SlurmJob job, Piece piece, Instant at) {
    Instant before = job.taken(piece.nativeId()).orElse(null);
    if (before != null && !before.equals(Instant.MIN)) {
      return before.equals(at);
    }
    boolean told = before == null && (job.request == null || isTold(piece, at));
    if (told || isNamed(job, key(piece.nativeId(), at))) {
      job.take(piece.nativeId(), at);
      return true;
    }
    return false;
  }

  /** Whether Slurm has taken something while we were being told of this; it counts in seconds. */
  private static boolean isTold(Piece piece, Instant at) {
    return piece.exact()
        && !at.isAfter(piece.acceptedAt())
        && !at.isBefore(piece.acceptedAt().minus(SBATCH));
  }

  private boolean isNamed(SlurmJob job, String key) {
    if (!asked) {
      ask();
    }
    return named.contains(word(key, job.id.token()));
  }

  private void ask() {
    asked = true;
    try {
      question.get().forEach(this::note);
    } catch (BackendException e) {
      LOG.debug("names cannot be asked for", e);
      failed = true;
    }
  }

  private void note(NameRow row) {
    String id = row.id().jobId();
    String key = row.submitted().map(at -> key(id, at)).orElse(id);
    known.add(key);
    Optional<String> token = NativeJob.parse(row.name()).map(NativeJob.Name::token);
    token.ifPresent(one -> named.add(word(key, one)));
  }

  private static String key(String nativeId, Instant at) {
    return nativeId + "@" + at.getEpochSecond();
  }

  private static String word(String key, String token) {
    return key + " " + token;
  }
}
