package io.hpc4j.local.engine;

import io.hpc4j.local.process.CpuList;
import io.hpc4j.local.process.Execution;
import io.hpc4j.local.process.JobFiles;
import io.hpc4j.local.process.KeptProcesses;
import io.hpc4j.local.process.Launcher;
import io.hpc4j.local.process.Launchers;
import io.hpc4j.local.schedule.Allocation;
import io.hpc4j.local.schedule.Candidate;
import io.hpc4j.local.schedule.Cluster;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobContext;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Work;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides how an attempt is run: simulated, as a Java task, or as processes. */
final class Runs implements RunFactory {
  private final Lifecycle lifecycle;
  private final Loop loop;
  private final Outcome.@Nullable Rule rule;
  private final boolean virtual;
  private final Duration grace;
  private final JobFiles files;
  private final Cluster cluster;
  private final boolean keeps;
  private final boolean durable;
  private final boolean holdsMemory;
  private final boolean binds;
  private @Nullable CpuBinder binder; // owned by the loop
  private @Nullable KeptProcesses kept; // owned by the loop
  private @Nullable Launcher launcher; // guarded by this
  private final Starter starter;
  private final TaskThreads tasks;
  private final MemoryWatch watch;
  private final Optional<Memory> maxOutput;

  Runs(
      Lifecycle lifecycle,
      Loop loop,
      EngineOptions options,
      boolean virtual,
      JobFiles files,
      Cluster cluster) {
    this.lifecycle = lifecycle;
    this.loop = loop;
    rule = options.rule();
    grace = options.grace();
    this.virtual = virtual;
    this.files = files;
    this.cluster = cluster;
    keeps = options.keepProcesses();
    durable = options.store().isPresent();
    holdsMemory = !options.onlyWatchMemory();
    binds = options.bindCpus();
    int starters = Math.min(4, Runtime.getRuntime().availableProcessors());
    starter = new Starter(starters, daemons("hpc4j-starter"));
    watch = new MemoryWatch(options.time(), options.watchInterval(), starter);
    maxOutput = options.maxOutput();
    tasks = new TaskThreads(daemons("hpc4j-task"));
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
      TaskExecutor executor = virtual ? this::whenFree : tasks;
      return new JavaRun(
          lifecycle, loop, live, java.task(), executions(live), this::context, executor);
    }
    if (rule != null) {
      return simulate(live, rule);
    }
    return processes(live, this::launcher);
  }

  private Run processes(Live live, Supplier<Launcher> by) {
    return new ProcessRun(
        lifecycle,
        loop,
        live,
        executions(live),
        files,
        by,
        starter,
        watch,
        maxOutput,
        binder(),
        grace);
  }

  private CpuBinder binder() {
    CpuBinder present = binder;
    if (present == null) {
      try {
        present = new CpuBinder(binds ? CpuList.ofThisProgram() : new BitSet());
      } catch (IOException e) {
        throw new BackendException("the cpus of this machine cannot be told", e);
      }
      binder = present;
    }
    return present;
  }

  private void whenFree(Runnable task, Runnable then) {
    loop.later(
        () -> {
          task.run();
          then.run();
        });
  }

  /** The launcher, chosen when it is first needed. */
  synchronized Launcher launcher() {
    Launcher chosen = launcher;
    if (chosen == null) {
      try {
        Optional<Path> statuses =
            keeps ? Optional.of(files.statusFolder()) : Optional.<Path>empty();
        Optional<Path> litter = durable ? Optional.<Path>empty() : Optional.of(files.spool());
        chosen = Launchers.best(grace, statuses, litter, holdsMemory, binds);
      } catch (IOException e) {
        throw new BackendException("the folders of the scheduler cannot be made", e);
      }
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
    return new JobContext(execution.id(), execution.attempt(), () -> files.environment(execution));
  }

  private static List<Execution> executions(Live live) {
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
              live.nodeNames(),
              live.gpus.get(node),
              job.queue.definition().name(),
              environment(live)));
    }
    return executions;
  }

  private static String environment(Live live) {
    Allocation allocation = live.allocation;
    return allocation == null ? "" : allocation.environment().definition().name();
  }

  /** Tasks are numbered node by node. */
  static int nodeOf(JobRecord job, int task) {
    return switch (job.definition.launch().orElse(Launch.MAIN)) {
      case MAIN -> 0;
      case PER_NODE -> task;
      case PER_TASK -> task / job.definition.resources().tasksPerNode();
    };
  }

  /** Finds what an earlier program has left running, and removes what it has left lying. */
  void recover(Set<String> tokensInUse) {
    try {
      files.cleanStore(tokensInUse);
      if (keeps) {
        kept = KeptProcesses.find(files.statusFolder());
      }
    } catch (IOException e) {
      throw new BackendException("the store cannot be read", e);
    }
  }

  @Override
  public boolean canAdopt(Live live) {
    KeptProcesses found = kept;
    return found != null
        && isProcess(live)
        && executions(live).stream().map(JobFiles::name).anyMatch(found::knows);
  }

  @Override
  public boolean wasNeverStarted(Live live) {
    KeptProcesses found = kept;
    return found != null && isProcess(live) && found.isComplete();
  }

  @Override
  public Run adopt(Live live) {
    KeptProcesses found = Objects.requireNonNull(kept, "kept");
    JobRecord job = live.job;
    live.allocation = cluster.adopt(job.demandOf(live), live.nodeNames(), live.gpus).orElse(null);
    if (live.allocation != null) {
      long now = Nanos.of(lifecycle.now());
      long ran = live.startedAt == null ? 0 : now - Nanos.of(live.startedAt);
      long left = job.limit() == Candidate.UNLIMITED ? job.limit() : job.limit() - ran;
      job.queue.started(job, live.allocation, Math.max(0, left), now);
    }
    return processes(live, () -> found);
  }

  private boolean isProcess(Live live) {
    Work work = live.job.definition.work().orElse(null);
    return rule == null && (work instanceof Work.Command || work instanceof Work.Script);
  }

  @Override
  public void endRemains(Live live) {
    if (isProcess(live)) {
      files.endRemains(live.job.elementId(live.rank), live.attempt);
    }
  }

  @Override
  public void ended(Live live) {
    if (keeps && isProcess(live)) {
      // when that is safe
      loop.later(() -> executions(live).forEach(files::forgetStatus));
    }
  }

  @Override
  public void forget(JobRecord job) {
    if (job.definition.work().orElse(null) instanceof Work.Script) {
      files.forget(job.id);
    }
  }

  void close() {
    watch.close();
    starter.close();
    tasks.close();
    synchronized (this) {
      if (launcher != null) {
        launcher.close();
      }
      if (kept != null) {
        kept.close();
      }
    }
    files.close();
  }
}
