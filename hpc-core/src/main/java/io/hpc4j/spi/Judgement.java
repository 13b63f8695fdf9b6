package io.hpc4j.spi;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobState;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a job may start as far as other jobs are concerned.
 *
 * @param verdict whether all that it waits for is met
 * @param on the dependency that decides; empty if all are met
 */
public record Judgement(Verdict verdict, Optional<Dependency> on) {
  /** How far a dependency is. */
  public enum Verdict {
    /** The other job has ended as required. */
    MET,
    /** The other job has not ended. */
    WAITS,
    /** The other job has ended otherwise. */
    NEVER
  }

  /**
   * Judges dependencies together: what can never be met decides before what waits.
   *
   * @param ending how the job that one of them is on has ended for good; empty if it has not
   */
  public static Judgement of(
      Collection<Dependency> dependencies, Function<Dependency, Optional<JobState>> ending) {
    Judgement worst = new Judgement(Verdict.MET, Optional.empty());
    for (Dependency d : dependencies) {
      Verdict verdict = judge(d, ending.apply(d));
      if (verdict.compareTo(worst.verdict()) > 0) {
        worst = new Judgement(verdict, Optional.of(d));
      }
    }
    return worst;
  }

  private static Verdict judge(Dependency dependency, Optional<JobState> ended) {
    if (ended.isEmpty()) {
      return Verdict.WAITS;
    }
    return dependency.kind().isMetBy(ended.get()) ? Verdict.MET : Verdict.NEVER;
  }

  /** Why the job never starts, or what it waits for, in words; empty if it waits for nothing. */
  public String words() {
    return on.map(
            d ->
                verdict == Verdict.WAITS
                    ? "waits for job " + d.on()
                    : "job " + d.on() + " did not end as required (" + d.kind() + ")")
        .orElse("");
  }
}
