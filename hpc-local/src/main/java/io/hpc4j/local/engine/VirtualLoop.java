package io.hpc4j.local.engine;

import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Events run on the caller's thread under a lock; the pass is an action of virtual time. */
final class VirtualLoop implements Loop {
  private final TimeSource time;
  private final Runnable pass;
  private final Runnable settle;
  private final Runnable commit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> putOff = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean draining = new AtomicBoolean();
  private boolean passRequested; // guarded by lock
  private boolean closed; // guarded by lock
  private boolean settlingRequested; // guarded by lock
  private Cancellable scheduledPass = () -> {}; // guarded by lock
  private Cancellable scheduledSettling = () -> {}; // guarded by lock

  VirtualLoop(TimeSource time, Runnable pass, Runnable settle, Runnable commit) {
    this.time = time;
    this.pass = pass;
    this.settle = settle;
    this.commit = commit;
  }

  @Override
  public void post(Runnable event) {
    lock.lock();
    try {
      if (!closed) {
        event.run();
      }
    } finally {
      commit.run();
      lock.unlock();
      drain();
    }
  }

  @Override
  public void run(Runnable event) {
    post(event);
  }

  @Override
  public <T> T call(Supplier<T> event) {
    lock.lock();
    try {
      T value = event.get();
      settle.run();
      return value;
    } finally {
      commit.run();
      lock.unlock();
      drain();
    }
  }

  @Override
  public void later(Runnable action) {
    putOff.add(action);
  }

  private void drain() {
    if (lock.isHeldByCurrentThread() || putOff.isEmpty() || !draining.compareAndSet(false, true)) {
      return;
    }
    try {
      for (Runnable next = putOff.poll(); next != null; next = putOff.poll()) {
        next.run();
      }
    } finally {
      draining.set(false);
    }
    drain(); // what came after the last poll and before the flag fell
  }

  @Override
  public void requestPass() {
    if (!passRequested) {
      passRequested = true;
      scheduledPass = time.schedule(time.instant(), Phase.PASS, () -> post(this::runPass));
    }
  }

  private void runPass() {
    passRequested = false;
    pass.run();
    settle.run();
  }

  @Override
  public void requestSettling() {
    if (!settlingRequested) {
      settlingRequested = true;
      scheduledSettling = time.schedule(time.instant(), Phase.PASS, () -> post(this::runSettling));
    }
  }

  private void runSettling() {
    settlingRequested = false;
    settle.run();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      scheduledPass.cancel();
      scheduledSettling.cancel();
    } finally {
      lock.unlock();
    }
  }
}
