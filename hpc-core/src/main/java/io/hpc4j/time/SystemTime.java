package io.hpc4j.time;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's time: the one class that reads the system clock. */
final class SystemTime implements TimeSource {
  private static final Logger LOG = LoggerFactory.getLogger(SystemTime.class);
  private static final Duration LONGEST = Duration.ofDays(100L * 365);

  private final ScheduledThreadPoolExecutor executor;

  SystemTime() {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "hpc4j-time");
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(1, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
  }

  @Override
  public Instant instant() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  @Override
  public Cancellable schedule(Instant when, Phase phase, Runnable action) {
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(action, "action");
    Instant now = instant();
    Duration delay = when.isAfter(now) ? Duration.between(now, when) : Duration.ZERO;
    if (delay.compareTo(LONGEST) > 0) {
      return () -> {};
    }
    ScheduledFuture<?> future =
        executor.schedule(() -> run(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) { // the executor would swallow an Error without a word
      LOG.error("a scheduled action threw", e);
    }
  }
}
