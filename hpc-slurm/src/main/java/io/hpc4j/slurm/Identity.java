package io.hpc4j.slurm;

import io.hpc4j.slurm.query.NameRow;
import io.hpc4j.slurm.script.NativeJob;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether one of Slurm's jobs is what carries a job of ours. A controller that is killed may
 * forget what it has just taken, and gives the id to another. A job that Slurm says it has taken
 * when we were told so is ours; one that it has taken later is asked for its name, once. For one
 * observation; not thread-safe.
 */
final class Identity {
  private static final Duration LATE = Duration.ofSeconds(2);

  private final Supplier<List<NameRow>> question;
  private @Nullable Set<String> names;

  /**
   * Creates one.
   *
   * @param question tells the names of Slurm's jobs
   */
  Identity(Supplier<List<NameRow>> question) {
    this.question = question;
  }

  /**
   * Whether a job of Slurm's, which it says to have taken at that time, carries a job of ours.
   *
   * @throws io.hpc4j.model.BackendException if its name had to be asked for, and could not be
   */
  boolean isOurs(SlurmJob job, Piece piece, Optional<Instant> submitted) {
    if (submitted.isEmpty()) {
      return true;
    }
    Instant at = submitted.get();
    Instant before = job.taken(piece.nativeId()).orElse(null);
    if (before != null) {
      return before.equals(at);
    }
    boolean ours =
        piece.acceptedAt().equals(Instant.EPOCH) // it was found by its name
            || !at.isAfter(piece.acceptedAt().plus(LATE))
            || names().contains(word(piece.nativeId(), job.id.token()));
    if (ours) {
      job.take(piece.nativeId(), at);
    } else {
      job.forget(piece.nativeId());
    }
    return ours;
  }

  private Set<String> names() {
    Set<String> known = names;
    if (known == null) {
      known = new HashSet<>();
      for (NameRow row : question.get()) {
        String id = row.id().jobId();
        NativeJob.parse(row.name()).map(name -> word(id, name.token())).ifPresent(known::add);
      }
      names = known;
    }
    return known;
  }

  private static String word(String nativeId, String token) {
    return nativeId + " " + token;
  }
}
