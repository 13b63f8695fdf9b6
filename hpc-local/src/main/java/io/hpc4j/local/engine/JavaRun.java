package io.hpc4j.local.engine;

import io.hpc4j.local.process.Execution;
import io.hpc4j.model.JavaTask;
import io.hpc4j.model.JobContext;
import io.hpc4j.model.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs a Java task, once for each of the job's tasks, on threads that the executor gives. The main
 * task's end is the attempt's; the others are interrupted then. One that ignores interruption holds
 * the attempt's place until it returns.
 */
final class JavaRun implements Run {
  private final Lifecycle lifecycle;
  private final Loop loop;
  private final Live live;
  private final TaskExecutor executor;
  private final List<FutureTask<?>> tasks;
  private int out; // owned by the loop
  private @Nullable Runnable whenAllReturned; // owned by the loop

  JavaRun(
      Lifecycle lifecycle,
      Loop loop,
      Live live,
      JavaTask<?> task,
      List<Execution> executions,
      Function<Execution, JobContext> contexts,
      TaskExecutor executor) {
    this.lifecycle = lifecycle;
    this.loop = loop;
    this.live = live;
    this.executor = executor;
    tasks = new ArrayList<>(executions.size());
    for (Execution execution : executions) {
      tasks.add(
          new FutureTask<Object>(
              () -> {
                begun();
                return task.run(contexts.apply(execution));
              }));
    }
  }

  @Override
  public void start() {
    out = tasks.size();
    for (int i = 0; i < tasks.size(); i++) {
      int number = i;
      executor.execute(tasks.get(number), () -> loop.run(() -> returned(number)));
    }
  }

  /** Only now can the task be interrupted; to be cancelled before means not to run at all. */
  private void begun() {
    Instant since = lifecycle.now();
    loop.run(() -> lifecycle.running(live, since));
  }

  private void returned(int number) {
    out--;
    if (number == 0) {
      interruptAll();
      end(tasks.get(0));
    }
    if (out == 0 && whenAllReturned != null) {
      whenAllReturned.run();
      whenAllReturned = null;
    }
  }

  private void end(FutureTask<?> main) {
    @Nullable Object result = null;
    Ending ending;
    try {
      result = main.get();
      ending = Views.plainSuccess(live.job);
    } catch (CancellationException e) {
      ending = Ending.of(Reason.CANCELLED, "interrupted");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ending = Ending.of(Reason.UNKNOWN, "the scheduler was interrupted");
    } catch (ExecutionException e) {
      ending = endingOf(e.getCause() == null ? e : e.getCause());
    }
    lifecycle.ended(live, ending, result);
  }

  private static Ending endingOf(Throwable thrown) {
    Reason reason = thrown instanceof OutOfMemoryError ? Reason.OUT_OF_MEMORY : Reason.EXCEPTION;
    return Ending.of(reason, String.valueOf(thrown));
  }

  private void interruptAll() {
    tasks.forEach(task -> task.cancel(true));
  }

  @Override
  public void terminate() {
    kill();
  }

  @Override
  public void kill() {
    interruptAll();
    Ending decision = live.decision;
    if (decision != null) {
      lifecycle.ended(live, decision, null);
    }
  }

  @Override
  public void whenReleased(Runnable action) {
    if (out == 0) {
      action.run();
    } else {
      whenAllReturned = action;
    }
  }
}
