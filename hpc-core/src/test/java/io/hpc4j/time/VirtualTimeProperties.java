package io.hpc4j.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /**
   * An action to schedule: when, in seconds after the action (or the start) that schedules it, and
   * which action it cancels when it runs. Numbers are taken modulo what there is.
   */
  record Planned(int parent, int delay, Phase phase, int cancels) {}

  /** The specification: a list of what is queued, searched for the least each time. */
  private static final class NaiveTime implements TimeSource {
    private record Entry(Instant when, Phase phase, int number, Runnable action) {}

    private static final Comparator<Entry> ORDER =
        Comparator.comparing(Entry::when)
            .thenComparing(Entry::phase)
            .thenComparingInt(Entry::number);

    private final List<Entry> queue = new ArrayList<>();
    private Instant now = START;
    private int inserted;
    private long workCount;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public Cancellable schedule(Instant when, Phase phase, Runnable action) {
      Entry entry = new Entry(when.isBefore(now) ? now : when, phase, inserted++, action);
      queue.add(entry);
      return () -> queue.remove(entry);
    }

    boolean step() {
      if (queue.isEmpty()) {
        return false;
      }
      Entry next = queue.stream().min(ORDER).orElseThrow();
      queue.remove(next);
      now = next.when();
      workCount += next.phase() == Phase.MONITOR ? 0 : 1;
      next.action().run();
      return true;
    }

    void advance(Duration duration) {
      Instant target = now.plus(duration);
      while (queue.stream().anyMatch(entry -> !entry.when().isAfter(target))) {
        step();
      }
      now = target;
    }

    boolean hasWork() {
      return queue.stream().anyMatch(entry -> entry.phase() != Phase.MONITOR);
    }
  }

  /** Carries a plan out on a time, and writes down what ran when. */
  private static final class Performance {
    final List<String> ran = new ArrayList<>();
    private final TimeSource time;
    private final List<Planned> plan;
    private final Cancellable[] scheduled;

    Performance(TimeSource time, List<Planned> plan) {
      this.time = time;
      this.plan = plan;
      scheduled = new Cancellable[plan.size()];
      scheduleChildrenOf(-1);
    }

    private void scheduleChildrenOf(int parent) {
      for (int i = 0; i < plan.size(); i++) {
        if (plan.get(i).parent() % (i + 1) - 1 == parent) {
          int number = i;
          Duration delay = Duration.ofSeconds(plan.get(i).delay());
          scheduled[i] = time.schedule(delay, plan.get(i).phase(), () -> run(number));
        }
      }
    }

    private void run(int number) {
      ran.add(number + "@" + Duration.between(START, time.instant()).toSeconds());
      scheduleChildrenOf(number);
      cancel(plan.get(number).cancels());
    }

    void cancel(int number) {
      if (number < plan.size() && scheduled[number] != null) {
        scheduled[number].cancel();
      }
    }
  }

  @Provide
  Arbitrary<List<Planned>> plans() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 60),
            Arbitraries.integers().between(-2, 6),
            Arbitraries.of(Phase.class),
            Arbitraries.integers().between(0, 60))
        .as(Planned::new)
        .list()
        .ofMaxSize(30);
  }

  /** Seconds to advance; less than zero means one step, and a cancellation from outside. */
  @Provide
  Arbitrary<List<Integer>> moves() {
    return Arbitraries.integers().between(-3, 5).list().ofMaxSize(12);
  }

  @Property
  void it_does_what_a_sorted_list_does(
      @ForAll("plans") List<Planned> plan, @ForAll("moves") List<Integer> moves) {
    VirtualTime time = VirtualTime.startingAt(START);
    NaiveTime model = new NaiveTime();
    Performance actual = new Performance(time, plan);
    Performance expected = new Performance(model, plan);

    for (int move : moves) {
      if (move < 0) {
        assertThat(time.step()).isEqualTo(model.step());
        actual.cancel(-move * 5);
        expected.cancel(-move * 5);
      } else {
        time.advance(Duration.ofSeconds(move));
        model.advance(Duration.ofSeconds(move));
      }
      assertSame(time, actual, model, expected);
    }

    time.advance(Duration.ofHours(1));
    model.advance(Duration.ofHours(1));
    assertSame(time, actual, model, expected);
    assertThat(time.pending()).isZero();
  }

  private static void assertSame(
      VirtualTime time, Performance actual, NaiveTime model, Performance expected) {
    assertThat(actual.ran).isEqualTo(expected.ran);
    assertThat(time.instant()).isEqualTo(model.instant());
    assertThat(time.pending()).isEqualTo(model.queue.size());
    assertThat(time.hasWork()).isEqualTo(model.hasWork());
    assertThat(time.workCount()).isEqualTo(model.workCount);
  }
}
