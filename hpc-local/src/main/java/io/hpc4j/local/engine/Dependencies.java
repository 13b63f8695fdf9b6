package io.hpc4j.local.engine;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.List;
import java.util.Optional;

/** Lets jobs wait for others, and tells them when those have ended. Owned by the loop. */
final class Dependencies {
  private final Lifecycle lifecycle;

  Dependencies(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /** Connects a new job to the jobs it depends on, whether they have ended or not. */
  void wire(JobRecord job, DependencyTargets targets) {
    for (Dependency dependency : job.request.dependencies()) {
      JobRecord on = targets.find(dependency.on());
      if (dependency.kind() == Dependency.Kind.EACH) {
        wireEach(job, dependency, on);
      } else {
        job.addUnmet(dependency);
        wireWhole(new Dependent(job, dependency, 0), on);
      }
    }
  }

  private void wireEach(JobRecord job, Dependency dependency, JobRecord on) {
    if (job.gate == null) {
      job.gate = new EachGate();
    }
    Dependent dependent = new Dependent(job, dependency, job.gate.add());
    on.addDependent(dependent);
    for (int rank = 0; rank < on.elements.size(); rank++) {
      if (on.state(rank).isEnded()) {
        int ended = rank;
        lifecycle.then(() -> judgeElement(dependent, on, ended));
      }
    }
  }

  private void wireWhole(Dependent dependent, JobRecord on) {
    Optional<Integer> rank = Books.rank(on, dependent.dependency().on());
    if (rank.isPresent()) {
      if (on.state(rank.get()).isEnded()) {
        lifecycle.then(() -> judge(dependent, on.state(rank.get())));
      } else {
        on.addDependent(rank.get(), dependent);
      }
    } else if (on.hasEnded()) {
      lifecycle.then(() -> judge(dependent, on.state()));
    } else {
      on.addDependent(dependent);
    }
  }

  /** An element has ended. */
  void elementEnded(JobRecord on, int rank) {
    for (Dependent dependent : on.takeDependents(rank)) {
      judge(dependent, on.state(rank));
    }
    for (Dependent dependent : on.dependents()) {
      if (dependent.dependency().kind() == Dependency.Kind.EACH) {
        judgeElement(dependent, on, rank);
      }
    }
  }

  /** All elements that had not started have ended in one stroke. */
  void restEnded(JobRecord on) {
    List.copyOf(on.elementsWaitedFor()).stream()
        .filter(rank -> on.state(rank).isEnded())
        .forEach(rank -> elementEnded(on, rank));
    boolean each =
        on.dependents().stream().anyMatch(d -> d.dependency().kind() == Dependency.Kind.EACH);
    for (int rank = 0; each && rank < on.elements.size(); rank++) {
      if (on.elements.restEnding(rank).isPresent()) {
        elementEnded(on, rank);
      }
    }
  }

  /** A job or array as a whole has ended. */
  void jobEnded(JobRecord on) {
    for (Dependent dependent : on.takeDependents()) {
      if (dependent.dependency().kind() != Dependency.Kind.EACH) {
        judge(dependent, on.state());
      }
    }
  }

  private void judge(Dependent dependent, JobState state) {
    JobRecord job = dependent.job();
    if (job.hasEnded() || !job.unmet().contains(dependent.dependency())) {
      return;
    }
    if (dependent.dependency().kind().isMetBy(state)) {
      job.met(dependent.dependency());
      lifecycle.update(job);
      lifecycle.changed(job);
    } else {
      lifecycle.endWaiting(job, failed(dependent.dependency(), state));
    }
  }

  private void judgeElement(Dependent dependent, JobRecord on, int rank) {
    JobRecord job = dependent.job();
    if (job.gate == null || !job.elements.isUntouched(rank)) {
      return;
    }
    JobState state = on.state(rank);
    if (state == JobState.SUCCEEDED) {
      job.gate.met(dependent.gateNumber(), rank);
      lifecycle.update(job);
      lifecycle.changed(job, rank);
    } else {
      lifecycle.endWaiting(
          job,
          rank,
          Ending.of(
              Reason.DEPENDENCY_FAILED,
              "element " + job.indices.indexAt(rank) + " of job " + on.id + " ended " + state));
    }
  }

  private static Ending failed(Dependency dependency, JobState state) {
    return Ending.of(
        Reason.DEPENDENCY_FAILED,
        "requires the "
            + dependency.kind()
            + " of job "
            + dependency.on()
            + ", which ended "
            + state);
  }
}
