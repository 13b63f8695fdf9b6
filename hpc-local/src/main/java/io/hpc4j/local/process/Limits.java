package io.hpc4j.local.process;

import io.hpc4j.model.Memory;
import java.util.List;

/**
 * What a process may use, as far as the launcher can hold it to that.
 *
 * @param group names those that share the memory; as unique as the name of a process
 * @param memory how much the group may hold
 * @param cpus the machine's cpus that it runs on; empty for all of them
 */
public record Limits(String group, Memory memory, List<Integer> cpus) {
  /** Copies the list. */
  public Limits {
    cpus = List.copyOf(cpus);
  }
}
