package io.hpc4j.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class VirtualTimeProperties {
  record Planned(int second, Phase phase, boolean cancelled) {}

  @Provide
  Arbitrary<List<Planned>> plans() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 20),
            Arbitraries.of(Phase.class),
            Arbitraries.of(true, false, false))
        .as(Planned::new)
        .list()
        .ofMaxSize(40);
  }

  @Property
  void what_is_not_cancelled_runs_once_in_the_order_of_a_sorted_list(
      @ForAll("plans") List<Planned> plans) {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    List<Integer> ran = new ArrayList<>();
    List<Integer> expected = new ArrayList<>();

    for (int i = 0; i < plans.size(); i++) {
      int number = i;
      Planned plan = plans.get(i);
      Cancellable action =
          time.schedule(Duration.ofSeconds(plan.second()), plan.phase(), () -> ran.add(number));
      if (plan.cancelled()) {
        action.cancel();
      } else {
        expected.add(i);
      }
    }
    expected.sort(
        Comparator.comparing((Integer i) -> plans.get(i).second())
            .thenComparing(i -> plans.get(i).phase()));
    time.advance(Duration.ofSeconds(20));

    assertThat(ran).isEqualTo(expected);
    assertThat(time.pending()).isZero();
    assertThat(time.hasWork()).isFalse();
  }
}
