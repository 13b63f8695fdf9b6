package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import java.util.Map;
import java.util.Optional;

/**
 * How a job has ended that other jobs depend on.
 *
 * @param id the job or array
 * @param state its final state
 * @param elements an array's elements by their final states; empty outside an array
 */
public record Ended(JobId id, JobState state, Map<JobState, IndexSet> elements) {
  /** Copies the map. */
  public Ended {
    if (!state.isFinal()) {
      throw new IllegalArgumentException("job " + id + " has not ended for good: " + state);
    }
    elements = Map.copyOf(elements);
  }

  /** How the job or one of its elements has ended; empty if it has no such element. */
  public Optional<JobState> stateOf(JobId any) {
    if (any.index().isEmpty()) {
      return Optional.of(state);
    }
    int index = any.index().getAsInt();
    return elements.entrySet().stream()
        .filter(entry -> entry.getValue().contains(index))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
