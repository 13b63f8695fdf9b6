package io.hpc4j.local.engine;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which elements of an array may start, where each waits for its own index in other arrays. */
final class EachGate {
  private final List<BitSet> met = new ArrayList<>(1);
  private final BitSet ready = new BitSet();
  private int readyCount;

  /** Adds an array to wait for; returns its number here. */
  int add() {
    met.add(new BitSet());
    return met.size() - 1;
  }

  /** Notes that an element of one of the arrays has succeeded. */
  void met(int array, int rank) {
    met.get(array).set(rank);
    if (!ready.get(rank) && met.stream().allMatch(bits -> bits.get(rank))) {
      ready.set(rank);
      readyCount++;
    }
  }

  /** Notes that an element has started or ended. */
  void taken(int rank) {
    if (ready.get(rank)) {
      ready.clear(rank);
      readyCount--;
    }
  }

  boolean isReady(int rank) {
    return ready.get(rank);
  }

  int readyCount() {
    return readyCount;
  }

  /** The lowest rank that may start, or -1. */
  int first() {
    return ready.nextSetBit(0);
  }
}
