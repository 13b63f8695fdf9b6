package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import java.util.List;
import java.util.Optional;

/** Checks what is told of jobs that may be lost for a while. */
final class Stories {
  /** One event of a job: from what to what. */
  private record Step(JobEvent event, JobStatus from, JobStatus to) {}

  private Stories() {}

  /**
   * Checks that a job only goes forward, that each event goes on where the one before left off,
   * that only what was lost is corrected, and that there is one ending and nothing after it.
   */
  static void assertForwardToOneEnding(List<JobEvent> events, JobId id) {
    List<Step> story =
        events.stream()
            .flatMap(event -> step(event).stream())
            .filter(step -> step.to().id().equals(id))
            .toList();
    assertThat(story).as("what was told of %s", id).isNotEmpty();
    story.forEach(Stories::assertForward);
    for (int i = 1; i < story.size(); i++) {
      assertThat(story.get(i).from().state()).isEqualTo(story.get(i - 1).to().state());
      assertThat(story.get(i).from().attempt()).isEqualTo(story.get(i - 1).to().attempt());
    }
    assertThat(story.stream().filter(step -> step.to().state().isFinal()))
        .as("endings in %s", story)
        .hasSize(1);
    assertThat(story.get(story.size() - 1).to().state().isFinal()).isTrue();
  }

  private static void assertForward(Step step) {
    boolean wasLost = step.from().state() == JobState.LOST;
    assertThat(step.event() instanceof JobEvent.Corrected).as("%s", step).isEqualTo(wasLost);
    if (!wasLost) {
      assertThat(position(step.to())).as("%s", step).isGreaterThanOrEqualTo(position(step.from()));
      assertThat(finalElements(step.to()))
          .as("%s", step)
          .isGreaterThanOrEqualTo(finalElements(step.from()));
    }
  }

  private static int finalElements(JobStatus status) {
    return status.count(JobState.SUCCEEDED)
        + status.count(JobState.FAILED)
        + status.count(JobState.CANCELLED);
  }

  /** PENDING and RUNNABLE alternate, so they are one position. */
  private static int position(JobStatus status) {
    int rank =
        switch (status.state()) {
          case SUBMITTED -> 0;
          case PENDING, RUNNABLE -> 1;
          case STARTING -> 2;
          case RUNNING -> 3;
          default -> 4;
        };
    return status.attempt() * 10 + rank;
  }

  private static Optional<Step> step(JobEvent event) {
    if (event instanceof JobEvent.StateChanged e) {
      return Optional.of(new Step(e, e.previous(), e.status()));
    }
    if (event instanceof JobEvent.Progress e) {
      return Optional.of(new Step(e, e.previous(), e.status()));
    }
    if (event instanceof JobEvent.Corrected e) {
      return Optional.of(new Step(e, e.previous(), e.status()));
    }
    return Optional.empty();
  }
}
