package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Keeps commands as short as Linux takes them: 128 KiB for an argument, and no less for all of them
 * together. Pure.
 */
final class Arguments {
  /** How long an argument may be, and all ids of a command together. */
  static final int LONGEST = 100_000;

  private Arguments() {}

  /** Cuts a list of ids into as few as can each be given to a command, in their order. */
  static List<List<String>> split(Collection<String> ids) {
    List<List<String>> all = new ArrayList<>();
    int length = LONGEST;
    for (String id : ids) {
      if (length + id.length() + 1 > LONGEST) {
        all.add(new ArrayList<>());
        length = 0;
      }
      all.get(all.size() - 1).add(id);
      length += id.length() + 1;
    }
    return all;
  }

  /** The ids of some tasks of an array, in as many expressions as it takes. */
  static List<String> ids(String jobId, int... tasks) {
    if (tasks.length == 0) {
      return List.of();
    }
    String whole = jobId + "_[" + IndexSet.of(tasks) + "]";
    if (whole.length() < LONGEST) {
      return List.of(whole);
    }
    int half = tasks.length / 2;
    List<String> all = new ArrayList<>(ids(jobId, Arrays.copyOf(tasks, half)));
    all.addAll(ids(jobId, Arrays.copyOfRange(tasks, half, tasks.length)));
    return all;
  }
}
