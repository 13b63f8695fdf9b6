package io.hpc4j.local.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The tree answers as a sorted list does. */
class DemandClassProperties {
  @Property(tries = 200)
  void first_and_first_within_a_limit_are_those_of_a_sorted_list(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int steps) {
    Random random = new Random(seed);
    ShareState<Waiter> share = new ShareState<>("a", new ShareUsage(1), 1);
    DemandClass<Waiter> tree = new DemandClass<>(new Waiter(0, 0, 0).demand(), share);
    List<Waiter> list = new ArrayList<>();
    int limits = 1 + random.nextInt(50);
    for (int i = 0; i < steps; i++) {
      if (list.isEmpty() || random.nextInt(3) > 0) {
        Waiter added = new Waiter(random.nextInt(3), i, limit(random, limits));
        tree.add(added);
        list.add(added);
        list.sort(Candidate.ORDER);
      } else {
        Waiter removed = list.remove(random.nextInt(random.nextBoolean() ? 1 : list.size()));
        tree.remove(removed);
        assertThat(removed.isWaiting()).isFalse();
      }
      check(tree, list, limit(random, limits));
    }
  }

  private static long limit(Random random, int limits) {
    return random.nextInt(10) == 0 ? Candidate.UNLIMITED : random.nextInt(limits);
  }

  private static void check(DemandClass<Waiter> tree, List<Waiter> list, long limit) {
    List<Waiter> all = new ArrayList<>();
    tree.forEach(all::add);
    assertThat(all).containsExactlyInAnyOrderElementsOf(list);
    assertThat(list).allMatch(Candidate::isWaiting);
    assertThat(tree.first()).isSameAs(list.isEmpty() ? null : list.get(0));
    assertThat(tree.firstWithin(limit))
        .isSameAs(list.stream().filter(w -> w.limit() <= limit).findFirst().orElse(null));
  }

  @Property(tries = 20)
  void the_first_within_a_limit_is_found_in_a_few_looks(@ForAll long seed) {
    Random random = new Random(seed);
    ShareState<Waiter> share = new ShareState<>("a", new ShareUsage(1), 1);
    DemandClass<Waiter> tree = new DemandClass<>(new Waiter(0, 0, 0).demand(), share);
    int count = 10_000;
    int shortest = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      tree.add(new Waiter(0, i, i == shortest ? 1 : 2));
    }

    Waiter found = tree.firstWithin(1);

    assertThat(found).isNotNull().extracting(Waiter::number).isEqualTo((long) shortest);
    assertThat(share.touched).isLessThan(60); // a treap of n is some 2 ln n deep
  }
}
