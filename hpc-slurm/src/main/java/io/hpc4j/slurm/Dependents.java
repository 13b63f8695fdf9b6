package io.hpc4j.slurm;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Ended;
import io.hpc4j.spi.JobTable;
import io.hpc4j.spi.Judgement;
import io.hpc4j.spi.Judgement.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/** Judges by what is known here whether a job's dependencies are met. */
final class Dependents {
  /** There is none for a failure: Slurm counts what was cancelled as failed. */
  private static final Map<Dependency.Kind, String> WORDS =
      Map.of(
          Dependency.Kind.SUCCESS, "afterok",
          Dependency.Kind.END, "afterany",
          Dependency.Kind.EACH, "aftercorr");

  private final JobTable<SlurmJob> jobs;

  /** How jobs of an earlier program have ended, which Slurm may not know any more. */
  private final Map<String, Ended> remembered = new ConcurrentHashMap<>();

  Dependents(JobTable<SlurmJob> jobs) {
    this.jobs = jobs;
  }

  /**
   * Says dependencies as Slurm does: those that are not met yet. Slurm takes a job that it no
   * longer knows for one that ended as required, and knows nothing of our further attempts; so only
   * what is open, by a look at it just now, and has one attempt is left to it.
   *
   * @return the arguments of {@code --dependency}; empty if Slurm cannot be trusted with them
   */
  Optional<List<String>> natively(SlurmJob job, Instant now) {
    List<String> all = new ArrayList<>();
    for (Dependency d : Objects.requireNonNull(job.request).dependencies()) {
      SlurmJob on = jobs.find(d.on()).orElse(null);
      if (on == null) {
        return Optional.empty();
      }
      synchronized (on) {
        Verdict verdict =
            isEach(d) ? Verdict.WAITS : judge(List.of(d), Dependency::on, now).verdict();
        if (verdict == Verdict.MET) {
          continue;
        }
        Optional<List<String>> said =
            verdict == Verdict.NEVER ? Optional.empty() : say(d, on, job, now);
        if (said.isEmpty()) {
          return said;
        }
        all.addAll(said.get());
      }
    }
    return Optional.of(all);
  }

  private static Optional<List<String>> say(Dependency d, SlurmJob on, SlurmJob job, Instant now) {
    String word = WORDS.get(d.kind());
    boolean open = !on.isEnded() && on.decisions.isEmpty();
    boolean once =
        on.request != null
            && on.request.effective().retry().maxAttempts() == 1
            && on.unsent.isEmpty();
    if (word == null || !open || !once || !isSure(on, now)) {
      return Optional.empty();
    }
    if (d.on().index().isPresent()) {
      Task task = on.task(d.on());
      return task.isEnded()
          ? Optional.empty()
          : Optional.of(List.of(word + ":" + task.piece.nativeId(d.on().index().getAsInt())));
    }
    if (isEach(d) && (on.pieces.size() != 1 || !job.indices.equals(on.indices))) {
      return Optional.empty();
    }
    return Optional.of(on.pieces.stream().map(piece -> word + ":" + piece.nativeId()).toList());
  }

  /** Whether Slurm still knows all that counts: what is open it has told of, and nothing failed. */
  private static boolean isSure(SlurmJob on, Instant now) {
    boolean[] sure = {true};
    on.forEach(
        (index, task) ->
            sure[0] &=
                task.isEnded()
                    ? task.sight.state() == JobState.SUCCEEDED
                    : task.retry == null && !task.seenAt.isBefore(now));
    return sure[0];
  }

  /** Judges all dependencies but those index by index. */
  Judgement judge(SlurmJob job, Instant now) {
    return judge(some(job, d -> !isEach(d)), Dependency::on, now);
  }

  /** Judges those index by index of one element. */
  Judgement judge(SlurmJob job, int index, Instant now) {
    return judge(some(job, Dependents::isEach), d -> d.on().element(index), now);
  }

  private Judgement judge(List<Dependency> some, Function<Dependency, JobId> which, Instant now) {
    return Judgement.of(some, d -> ending(which.apply(d), now));
  }

  private static List<Dependency> some(SlurmJob job, Predicate<Dependency> which) {
    return Objects.requireNonNull(job.request).dependencies().stream().filter(which).toList();
  }

  private static boolean isEach(Dependency dependency) {
    return dependency.kind() == Dependency.Kind.EACH;
  }

  /** How a job or an element has ended for good, as far as is known here. */
  private Optional<JobState> ending(JobId on, Instant now) {
    Ended earlier = remembered.get(on.token());
    if (earlier != null) {
      return earlier.stateOf(on);
    }
    Optional<SlurmJob> known = jobs.find(on);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    synchronized (known.get()) {
      return Optional.of(Statuses.of(known.get(), on, now).state()).filter(JobState::isFinal);
    }
  }

  /** Keeps how a job of an earlier program has ended. */
  void remember(Ended job) {
    remembered.put(job.id().token(), job);
  }

  boolean remembers(JobId id) {
    return remembered.containsKey(id.token());
  }
}
