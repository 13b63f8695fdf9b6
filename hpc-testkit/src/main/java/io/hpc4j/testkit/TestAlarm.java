package io.hpc4j.testkit;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts the thread that made it when a time is over, and keeps what all threads did just then.
 * Once stopped it never interrupts.
 */
final class TestAlarm {
  private final Thread thread = Thread.currentThread();
  private @Nullable String threads; // guarded by this
  private boolean stopped; // guarded by this
  private @Nullable Cancellable ringing; // set once, by the thread that stops it

  private TestAlarm() {}

  static TestAlarm after(Duration limit, TimeSource time) {
    TestAlarm alarm = new TestAlarm();
    alarm.ringing = time.schedule(limit, Phase.MONITOR, alarm::ring);
    return alarm;
  }

  private void ring() {
    String now = dump();
    synchronized (this) {
      if (!stopped) {
        threads = now;
        thread.interrupt();
      }
    }
  }

  /** Stops it; returns what the threads did if it had rung, and then takes the interrupt back. */
  synchronized Optional<String> stop() {
    stopped = true;
    if (ringing != null) {
      ringing.cancel();
    }
    if (threads != null) {
      Thread.interrupted();
    }
    return Optional.ofNullable(threads);
  }

  private String dump() {
    Map<String, StackTraceElement[]> stacks = new TreeMap<>();
    Thread.getAllStackTraces()
        .forEach(
            (other, stack) ->
                stacks.put(
                    (other.equals(thread) ? " the test, " : "")
                        + other.getName()
                        + " ("
                        + other.getState()
                        + ")",
                    stack));
    StringBuilder out = new StringBuilder();
    stacks.forEach(
        (name, stack) -> {
          out.append(name.strip()).append('\n');
          for (StackTraceElement frame : stack) {
            out.append("    at ").append(frame).append('\n');
          }
        });
    return out.toString();
  }
}
