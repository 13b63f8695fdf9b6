package io.hpc4j.model;

import java.util.Objects;

/**
 * What one node has to give.
 *
 * @param cpus processors, at least 1
 * @param memory memory, more than zero
 * @param gpus GPUs, 0 or more
 */
public record Capacity(int cpus, Memory memory, int gpus) {
  /**
   * Checks the amounts.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public Capacity {
    Objects.requireNonNull(memory, "memory");
    if (cpus < 1 || memory.bytes() < 1 || gpus < 0) {
      throw new IllegalArgumentException(
          "a node needs cpus >= 1, memory > 0, gpus >= 0: " + cpus + ", " + memory + ", " + gpus);
    }
  }

  /** Returns a node with these cpus, 2 GiB of memory for each, and no GPU. */
  public static Capacity cpus(int count) {
    return new Capacity(count, Memory.ofGiB(2L * Math.max(1, count)), 0);
  }

  /** Returns this with another amount of memory. */
  public Capacity memory(Memory amount) {
    return new Capacity(cpus, amount, gpus);
  }

  /** Returns this with another amount of memory, in GiB. */
  public Capacity memoryGiB(long amount) {
    return memory(Memory.ofGiB(amount));
  }

  /** Returns this with another number of GPUs. */
  public Capacity gpus(int count) {
    return new Capacity(cpus, memory, count);
  }
}
