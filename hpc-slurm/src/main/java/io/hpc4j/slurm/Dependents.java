package io.hpc4j.slurm;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** Judges by what is known here whether a job's dependencies are met. */
final class Dependents {
  private final Function<JobId, Optional<SlurmJob>> jobs;

  Dependents(Function<JobId, Optional<SlurmJob>> jobs) {
    this.jobs = jobs;
  }

  /** How far a dependency is. */
  enum Verdict {
    MET,
    WAITS,
    NEVER
  }

  /**
   * What a job may do.
   *
   * @param verdict whether all that concerns the whole of it is met
   * @param on the dependency that decides
   */
  record Judgement(Verdict verdict, Optional<Dependency> on) {
    String words() {
      return on.map(d -> "job " + d.on() + " did not end as required (" + d.kind() + ")").orElse("");
    }
  }

  /** Judges all dependencies but those index by index. */
  Judgement judge(SlurmJob job, Instant now) {
    Judgement worst = new Judgement(Verdict.MET, Optional.empty());
    for (Dependency d : Objects.requireNonNull(job.request).dependencies()) {
      if (d.kind() == Dependency.Kind.EACH) {
        continue;
      }
      Verdict verdict = judge(d.kind(), d.on(), now);
      if (verdict.compareTo(worst.verdict()) > 0) {
        worst = new Judgement(verdict, Optional.of(d));
      }
    }
    return worst;
  }

  /** Judges one element, index by index. */
  Judgement judge(SlurmJob job, int index, Instant now) {
    Judgement worst = new Judgement(Verdict.MET, Optional.empty());
    for (Dependency d : Objects.requireNonNull(job.request).dependencies()) {
      if (d.kind() == Dependency.Kind.EACH) {
        Verdict verdict = judge(d.kind(), d.on().element(index), now);
        if (verdict.compareTo(worst.verdict()) > 0) {
          worst = new Judgement(verdict, Optional.of(d));
        }
      }
    }
    return worst;
  }

  private Verdict judge(Dependency.Kind kind, JobId on, Instant now) {
    Optional<SlurmJob> other = jobs.apply(on);
    if (other.isEmpty()) {
      return Verdict.WAITS;
    }
    JobState state;
    synchronized (other.get()) {
      state = other.get().status(on, now).state();
      if (!state.isEnded() || state == JobState.LOST) {
        return Verdict.WAITS;
      }
    }
    boolean met =
        switch (kind) {
          case SUCCESS, EACH -> state == JobState.SUCCEEDED;
          case END -> true;
          case FAILURE -> state == JobState.FAILED;
        };
    return met ? Verdict.MET : Verdict.NEVER;
  }
}
