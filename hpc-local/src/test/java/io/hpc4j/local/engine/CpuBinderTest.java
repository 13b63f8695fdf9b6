package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuBinderTest {
  private final CpuBinder binder = new CpuBinder(cpus(0, 1, 2, 5, 9));

  private static BitSet cpus(int... numbers) {
    BitSet cpus = new BitSet();
    for (int number : numbers) {
      cpus.set(number);
    }
    return cpus;
  }

  @Test
  void the_lowest_free_cpus_are_taken_and_no_two_attempts_share_one() {
    List<List<Integer>> first = binder.take(2, 1);
    List<List<Integer>> second = binder.take(1, 2);
    binder.giveBack(first);

    assertThat(first).containsExactly(List.of(0), List.of(1));
    assertThat(second).containsExactly(List.of(2, 5));
    assertThat(binder.take(1, 3)).containsExactly(List.of(0, 1, 9));
  }

  @Test
  void who_wants_more_than_are_free_is_not_bound_and_takes_none() {
    List<List<Integer>> excess = binder.take(2, 3);

    assertThat(excess).containsExactly(List.of(), List.of());
    assertThat(binder.take(1, 5)).containsExactly(List.of(0, 1, 2, 5, 9));
  }
}
