package io.hpc4j.local.schedule;

import io.hpc4j.model.JobQueue;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * A queue with all that could start in it now. Not thread-safe.
 *
 * @param <J> the jobs
 */
public final class QueueState<J extends Candidate> {
  private JobQueue definition;
  private List<EnvironmentState> environments;
  private final NavigableSet<J> candidates = new TreeSet<>(Candidate.ORDER);

  /** Creates one without jobs. */
  public QueueState(JobQueue definition, List<EnvironmentState> environments) {
    this.definition = definition;
    this.environments = List.copyOf(environments);
  }

  /** Changes the queue; its jobs stay. */
  public void redefine(JobQueue changed, List<EnvironmentState> changedEnvironments) {
    definition = changed;
    environments = List.copyOf(changedEnvironments);
  }

  /** The queue as it was declared. */
  public JobQueue definition() {
    return definition;
  }

  /** Its environments, in the order in which they are tried. */
  public List<EnvironmentState> environments() {
    return environments;
  }

  /** What could start, first to go first. */
  public NavigableSet<J> candidates() {
    return candidates;
  }

  /** Whether any of its environments could ever hold it. */
  public boolean couldEverHold(Demand demand) {
    return environments.stream().anyMatch(e -> e.couldEverHold(demand));
  }

  /** Whether any of its environments could hold it if its nodes in service were idle. */
  public boolean couldHoldNow(Demand demand) {
    return environments.stream().anyMatch(e -> e.couldHoldNow(demand));
  }
}
