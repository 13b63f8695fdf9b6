package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotifierTest {
  private final List<String> told = new ArrayList<>();
  private final Notifier notifier = new Notifier(Runnable::run);

  @Test
  void callbacks_run_in_the_order_in_which_they_were_added() {
    notifier.add(() -> told.add("first"));
    notifier.add(() -> told.add("second"));

    notifier.flush();

    assertThat(told).containsExactly("first", "second");
  }

  @Test
  void nothing_runs_before_the_flush() {
    notifier.add(() -> told.add("early"));

    assertThat(told).isEmpty();
  }

  @Test
  void a_callback_that_throws_does_not_stop_the_others() {
    notifier.add(
        () -> {
          throw new IllegalStateException("a listener's own fault");
        });
    notifier.add(() -> told.add("after"));

    notifier.flush();

    assertThat(told).containsExactly("after");
  }

  @Test
  void what_a_callback_adds_runs_after_it_and_not_inside_it() {
    notifier.add(
        () -> {
          notifier.add(() -> told.add("inner"));
          notifier.flush();
          told.add("outer");
        });

    notifier.flush();

    assertThat(told).containsExactly("outer", "inner");
  }

  @Test
  void it_knows_whether_it_is_running_a_callback_here() {
    notifier.add(() -> told.add("inside " + notifier.isRunningHere()));

    notifier.flush();

    assertThat(told).containsExactly("inside true");
    assertThat(notifier.isRunningHere()).isFalse();
  }
}
