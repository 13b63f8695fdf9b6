package io.hpc4j.model;

import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What one node has to give.
 *
 * @param cpus processors, at least 1
 * @param memory memory, more than zero
 * @param gpus GPUs, 0 or more
 * @param features names of what else it has or is, that jobs can ask for; sorted, default none
 */
public record Capacity(int cpus, Memory memory, int gpus, Set<String> features) {
  /**
   * Checks the amounts and names.
   *
   * @throws IllegalArgumentException if one is out of range, or a feature is no name
   */
  public Capacity {
    Objects.requireNonNull(memory, "memory");
    if (cpus < 1 || memory.bytes() < 1 || gpus < 0) {
      throw new IllegalArgumentException(
          "a node needs cpus >= 1, memory > 0, gpus >= 0: " + cpus + ", " + memory + ", " + gpus);
    }
    features = Features.sorted(features);
    features.stream()
        .filter(name -> !Features.isName(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("feature '" + name + "' " + Features.RULE);
            });
  }

  /**
   * Checks the amounts; there are no features.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Capacity(int cpus, Memory memory, int gpus) {
    this(cpus, memory, gpus, Set.of());
  }

  /** Returns a node with these cpus, 2 GiB of memory for each, and no GPU. */
  public static Capacity cpus(int count) {
    return new Capacity(count, Memory.ofGiB(2L * Math.max(1, count)), 0);
  }

  /** Returns this with another amount of memory. */
  public Capacity memory(Memory amount) {
    return new Capacity(cpus, amount, gpus, features);
  }

  /** Returns this with another amount of memory, in GiB. */
  public Capacity memoryGiB(long amount) {
    return memory(Memory.ofGiB(amount));
  }

  /** Returns this with another number of GPUs. */
  public Capacity gpus(int count) {
    return new Capacity(cpus, memory, count, features);
  }

  /**
   * Returns this with these features instead of earlier ones, such as {@code avx512}: Slurm's node
   * features. A job asks for them by {@link Resources#features(String...)}.
   *
   * @throws IllegalArgumentException if a name has other characters than A-Z a-z 0-9 _ . : = -
   */
  public Capacity features(String... names) {
    return new Capacity(cpus, memory, gpus, Features.sorted(List.of(names)));
  }
}
