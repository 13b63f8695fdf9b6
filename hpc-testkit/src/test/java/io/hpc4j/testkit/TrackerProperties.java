package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;

/**
 * Whatever a backend does wrong, and whenever: what is told of each job is a story that is true.
 */
class TrackerProperties {
  @Provide
  Arbitrary<List<FaultyRun.Act>> programs() {
    return Combinators.combine(
            Arbitraries.of(FaultyRun.Kind.class),
            Arbitraries.integers().between(0, 400).withDistribution(RandomDistribution.biased()),
            Arbitraries.integers().between(0, 20))
        .as(FaultyRun.Act::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Property(tries = 400)
  void every_job_goes_forward_to_one_ending_that_is_the_truth(
      @ForAll("programs") List<FaultyRun.Act> program) {
    try (FaultyRun run = new FaultyRun()) {
      program.forEach(run::act);
      run.finish();

      run.jobs().forEach(job -> Stories.assertForwardToOneEnding(run.events(), job.id()));
      run.jobs().forEach(job -> assertThat(run.told(job)).isEqualTo(run.truth(job)));
    }
  }

  @Property(tries = 400)
  void every_submission_arrives_once_or_is_reported(
      @ForAll("programs") List<FaultyRun.Act> program) {
    try (FaultyRun run = new FaultyRun()) {
      program.forEach(run::act);
      run.finish();

      assertThat(run.arrivals()).isEqualTo(run.jobs().size() + run.arrivedUnknown());
      assertThat(run.jobsThatAreThere()).isEqualTo(run.arrivals());
    }
  }

  @Property(tries = 400)
  void no_two_questions_come_closer_than_the_shortest_interval_unless_the_user_asks(
      @ForAll("programs") List<FaultyRun.Act> program) {
    try (FaultyRun run = new FaultyRun()) {
      program.stream().filter(act -> act.kind() != FaultyRun.Kind.REFRESH).forEach(run::act);

      assertThat(run.shortestGapSeconds()).isGreaterThanOrEqualTo(2.0);
    }
  }
}
