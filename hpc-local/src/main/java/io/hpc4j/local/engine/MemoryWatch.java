package io.hpc4j.local.engine;

import io.hpc4j.local.process.ProcessTable;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the memory and the output of what runs, all of it at once, at an interval. Nothing is
 * looked at while nothing runs. Thread-safe.
 */
final class MemoryWatch {
  private final TimeSource time;
  private final Duration interval;
  private final Executor executor;
  private final Set<ProcessRun> watched = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean ticking = new AtomicBoolean();
  private volatile boolean closed;

  MemoryWatch(TimeSource time, Duration interval, Executor executor) {
    this.time = time;
    this.interval = interval;
    this.executor = executor;
  }

  Duration interval() {
    return interval;
  }

  void add(ProcessRun run) {
    watched.add(run);
    tickLater();
  }

  void remove(ProcessRun run) {
    watched.remove(run);
  }

  private void tickLater() {
    if (!closed && !watched.isEmpty() && ticking.compareAndSet(false, true)) {
      Cancellable unused =
          time.schedule(TimeSource.plus(time.instant(), interval), Phase.MONITOR, this::lookSoon);
    }
  }

  private void lookSoon() {
    try {
      executor.execute(this::look);
    } catch (RejectedExecutionException e) {
      closed = true; // the scheduler is closed
    }
  }

  private void look() {
    if (!watched.isEmpty()) {
      ProcessTable table = ProcessTable.read();
      watched.forEach(run -> run.look(table));
    }
    ticking.set(false);
    tickLater();
  }

  void close() {
    closed = true;
  }
}
