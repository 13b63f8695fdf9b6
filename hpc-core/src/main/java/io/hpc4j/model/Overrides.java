package io.hpc4j.model;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one submission says differently from its definition.
 *
 * @param work runs instead of the definition's work
 * @param resources are needed instead of the definition's
 * @param environment is set on top of the definition's
 * @param parameters are set on top of the definition's
 * @param retry is done instead of the definition's
 * @param timeout holds instead of the definition's
 */
public record Overrides(
    Optional<Work> work,
    Optional<Resources> resources,
    Map<String, String> environment,
    Map<String, String> parameters,
    Optional<RetryPolicy> retry,
    Optional<Duration> timeout) {
  /** Nothing is different. */
  public static final Overrides NONE =
      new Overrides(
          Optional.empty(),
          Optional.empty(),
          Map.of(),
          Map.of(),
          Optional.empty(),
          Optional.empty());

  /** Copies the maps. */
  public Overrides {
    Objects.requireNonNull(work, "work");
    Objects.requireNonNull(resources, "resources");
    environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
    Objects.requireNonNull(retry, "retry");
    Objects.requireNonNull(timeout, "timeout");
  }

  JobDefinition applyTo(JobDefinition definition) {
    if (equals(NONE)) {
      return definition;
    }
    JobDefinition.Builder b = definition.toBuilder().environment(environment);
    work.ifPresent(b::work);
    resources.ifPresent(b::resources);
    parameters.forEach(b::parameter);
    retry.ifPresent(b::retry);
    timeout.ifPresent(b::timeout);
    return b.build();
  }

  /** Which fields are different; never an environment value. */
  @Override
  public String toString() {
    return "work "
        + work.isPresent()
        + ", resources "
        + resources
        + ", environment "
        + environment.keySet()
        + ", parameters "
        + parameters.keySet()
        + ", retry "
        + retry
        + ", timeout "
        + timeout;
  }
}
