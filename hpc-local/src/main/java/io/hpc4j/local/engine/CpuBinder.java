package io.hpc4j.local.engine;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Hands out cpus of this machine, each to one process at a time. Owned by the loop. */
final class CpuBinder {
  private final BitSet free;

  CpuBinder(BitSet cpus) {
    free = (BitSet) cpus.clone();
  }

  /**
   * Takes as many cpus for each of some processes, the lowest that are free; none for any of them
   * if that is more than are free.
   */
  List<List<Integer>> take(int processes, int each) {
    if (free.cardinality() < (long) processes * each) {
      return Collections.nCopies(processes, List.of());
    }
    int[] taken = free.stream().limit((long) processes * each).toArray();
    List<List<Integer>> shares =
        IntStream.range(0, processes)
            .mapToObj(i -> Arrays.stream(taken, i * each, (i + 1) * each).boxed().toList())
            .toList();
    shares.forEach(share -> share.forEach(free::clear));
    return shares;
  }

  void giveBack(List<List<Integer>> shares) {
    shares.forEach(share -> share.forEach(free::set));
  }
}
