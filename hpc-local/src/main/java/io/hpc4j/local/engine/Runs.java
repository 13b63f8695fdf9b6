package io.hpc4j.local.engine;

import io.hpc4j.local.process.Execution;
import io.hpc4j.local.process.JobFiles;
import io.hpc4j.local.process.Launcher;
import io.hpc4j.local.process.Launchers;
import io.hpc4j.local.schedule.Allocation;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobContext;
import io.hpc4j.model.JobId;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Decides how an attempt is run: simulated, as a Java task, or as processes. */
final class Runs implements RunFactory {
  private final Lifecycle lifecycle;
  private final Loop loop;
  private final Outcome.@Nullable Rule rule;
  private final boolean virtual;
  private final Duration grace;
  private final JobFiles files;
  private @Nullable Launcher launcher; // guarded by this
  private final ExecutorService starter;
  private final ExecutorService tasks;
  private final MemoryWatch watch;

  Runs(Lifecycle lifecycle, Loop loop, EngineOptions options, boolean virtual, JobFiles files) {
    this.lifecycle = lifecycle;
    this.loop = loop;
    rule = options.rule();
    grace = options.grace();
    this.virtual = virtual;
    this.files = files;
    int starters = Math.min(4, Runtime.getRuntime().availableProcessors());
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            starters,
            starters,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("hpc4j-starter"));
    pool.allowCoreThreadTimeOut(true);
    starter = pool;
    watch = new MemoryWatch(options.time(), options.watchInterval(), starter);
    tasks =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("hpc4j-task"));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public Run create(Live live) {
    Work work = live.job.definition.work().orElseThrow();
    if (work instanceof Work.Simulation simulation) {
      return new SimulatedRun(lifecycle, live, outcome(simulation));
    }
    if (work instanceof Work.Java java) {
      // in virtual time on the thread that drives, when the scheduler is not in between
      Executor executor = virtual ? loop::later : tasks;
      return new JavaRun(
          lifecycle, loop, live, java.task(), executions(live), this::context, executor);
    }
    if (rule != null) {
      return simulate(live, rule);
    }
    return new ProcessRun(
        lifecycle, loop, live, executions(live), files, this::launcher, starter, watch, grace);
  }

  /** The launcher, chosen when it is first needed. */
  synchronized Launcher launcher() {
    Launcher chosen = launcher;
    if (chosen == null) {
      chosen = Launchers.best(grace);
      launcher = chosen;
    }
    return chosen;
  }

  private static Outcome outcome(Work.Simulation simulation) {
    int code = simulation.exitCode();
    return new Outcome(
        simulation.duration(),
        code == 0 ? Reason.SUCCESS : Reason.NON_ZERO_EXIT,
        Optional.of(Exit.code(code)));
  }

  private Run simulate(Live live, Outcome.Rule by) {
    int index = live.job.elementId(live.rank).index().orElse(0);
    try {
      Outcome outcome =
          Objects.requireNonNull(
              by.of(live.job.definition, index, live.attempt), "the rule returned null");
      return new SimulatedRun(lifecycle, live, outcome);
    } catch (RuntimeException e) {
      return new FailedRun(lifecycle, live, "the simulation rule threw " + e);
    }
  }

  private JobContext context(Execution execution) {
    return new JobContext(execution.id(), execution.attempt(), files.environment(execution));
  }

  private static List<Execution> executions(Live live) {
    Allocation allocation = Objects.requireNonNull(live.allocation, "allocation");
    JobRecord job = live.job;
    List<Execution> executions = new ArrayList<>();
    for (int task = 0; task < JobFiles.tasks(job.request); task++) {
      int node = nodeOf(job, task);
      executions.add(
          new Execution(
              job.elementId(live.rank),
              job.nativeId(live.rank),
              job.request,
              live.attempt,
              task,
              node,
              allocation.nodeNames(),
              allocation.gpus().get(node),
              job.queue.definition().name(),
              allocation.environment().definition().name()));
    }
    return executions;
  }

  /** Tasks are numbered node by node. */
  static int nodeOf(JobRecord job, int task) {
    return switch (job.definition.launch().orElse(Launch.MAIN)) {
      case MAIN -> 0;
      case PER_NODE -> task;
      case PER_TASK -> task / job.definition.resources().tasksPerNode();
    };
  }

  /** Ends what is left of the processes of a job that an earlier program has started. */
  void endRemains(JobId job) {
    files.endRemains(job);
  }

  @Override
  public void forget(JobRecord job) {
    files.forget(job.id);
  }

  void close() {
    watch.close();
    starter.shutdown();
    tasks.shutdownNow();
    synchronized (this) {
      if (launcher != null) {
        launcher.close();
      }
    }
    files.close();
  }
}
