package io.hpc4j.local.engine;

import io.hpc4j.local.process.Execution;
import io.hpc4j.local.process.JobFiles;
import io.hpc4j.local.process.Launcher;
import io.hpc4j.local.process.ProcessEnd;
import io.hpc4j.local.process.ProcessListener;
import io.hpc4j.local.process.ProcessSpec;
import io.hpc4j.local.process.ProcessTable;
import io.hpc4j.local.process.RunningProcess;
import io.hpc4j.model.Exit;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs an attempt as processes, one for each task. The main task's end ends the others, and is the
 * attempt's end when all are gone; success it is only if no other task had failed by itself before.
 * A task that cannot be started fails the attempt.
 */
final class ProcessRun implements Run {
  private final Lifecycle lifecycle;
  private final Loop loop;
  private final Live live;
  private final List<Execution> tasks;
  private final JobFiles files;
  private final Supplier<Launcher> launcher;
  private final Starter starter;
  private final Duration grace;
  private final MemoryWatch watch;
  private final Optional<Memory> maxOutput;
  private final CpuBinder binder;
  private List<List<Integer>> cpus = List.of();
  private final Map<Integer, Long> pids = new ConcurrentHashMap<>();
  private final Queue<RunningProcess> processes = new ConcurrentLinkedQueue<>();
  private final Queue<Path> outputs = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;
  private volatile boolean mayExceed;

  // owned by the loop
  private int started;
  private int launched;
  private boolean allLaunched;
  private int gone;
  private @Nullable ProcessEnd mainEnd;
  private @Nullable ProcessEnd failure;
  private @Nullable ProcessEnd otherEnd;
  private int other;
  private boolean outOfMemory;

  ProcessRun(
      Lifecycle lifecycle,
      Loop loop,
      Live live,
      List<Execution> tasks,
      JobFiles files,
      Supplier<Launcher> launcher,
      Starter starter,
      MemoryWatch watch,
      Optional<Memory> maxOutput,
      CpuBinder binder,
      Duration grace) {
    this.lifecycle = lifecycle;
    this.loop = loop;
    this.live = live;
    this.tasks = tasks;
    this.files = files;
    this.launcher = launcher;
    this.starter = starter;
    this.watch = watch;
    this.maxOutput = maxOutput;
    this.binder = binder;
    this.grace = grace;
  }

  @Override
  public void start() {
    Resources all = live.job.definition.resources();
    cpus = binder.take(tasks.size(), all.nodes() * all.cpusPerNode() / tasks.size());
    // when it is safe that it is started
    loop.later(() -> starter.execute(this::launchAll));
  }

  /** Runs on a thread of the starter or of a launcher, never on the scheduler's. */
  private void launchAll() {
    int count = 0;
    while (count < tasks.size() && !stopping) {
      launch(count);
      count++;
    }
    int all = count;
    loop.run(() -> launched(all));
  }

  private void launch(int number) {
    try {
      ProcessSpec spec = files.spec(tasks.get(number), live.memory, cpus.get(number));
      outputs.add(spec.stdout());
      spec.stderr().ifPresent(outputs::add);
      RunningProcess process = launcher.get().start(spec, new Task(number));
      processes.add(process);
      if (stopping) {
        process.terminate();
      }
    } catch (RuntimeException e) {
      loop.run(() -> taskEnded(number, ProcessEnd.notStarted(String.valueOf(e.getMessage()))));
    }
  }

  /** Hears of one task, on a thread of the launcher. */
  private final class Task implements ProcessListener {
    private final int number;

    Task(int number) {
      this.number = number;
    }

    @Override
    public void started(long pid, boolean held) {
      Instant since = lifecycle.now();
      pids.put(number, pid);
      if (!held) {
        mayExceed = true;
      }
      loop.run(() -> taskStarted(since));
    }

    @Override
    public void ended(ProcessEnd end) {
      pids.remove(number);
      starter.lend(() -> loop.run(() -> taskEnded(number, end)));
    }
  }

  /** The attempt runs when all of its tasks do. */
  private void taskStarted(Instant since) {
    started++;
    if (started == tasks.size()) {
      lifecycle.running(live, since);
      watch.add(this);
    }
  }

  /** Looks at the memory and the output of all tasks; runs on a thread of the watch. */
  void look(ProcessTable table) {
    lookAtMemory(table);
    maxOutput.ifPresent(this::lookAtOutput);
  }

  private void lookAtOutput(Memory limit) {
    outputs.stream()
        .filter(path -> path.toFile().length() > limit.bytes()) // 0 where there is none
        .findFirst()
        .ifPresent(path -> loop.post(() -> wroteMoreThan(limit, path)));
  }

  private void wroteMoreThan(Memory limit, Path path) {
    if (live.isActive()) {
      lifecycle.kill(
          live,
          Ending.of(
              Reason.CANCELLED,
              "wrote more than " + limit + " to " + path + ", the limit on output here"));
    }
  }

  /** Looks at the memory of all tasks, node by node. */
  private void lookAtMemory(ProcessTable table) {
    Map<Integer, Long> byNode = new HashMap<>();
    pids.forEach(
        (task, pid) ->
            byNode.merge(tasks.get(task).nodeIndex(), table.memoryOfTree(pid), Long::sum));
    byNode.values().stream()
        .max(Long::compare)
        .filter(bytes -> bytes > 0)
        .ifPresent(bytes -> loop.post(() -> holds(Memory.ofBytes(bytes))));
  }

  private void holds(Memory memory) {
    if (live.isActive()) {
      live.holds(memory);
      if (mayExceed && memory.compareTo(live.memory) > 0) {
        lifecycle.kill(
            live,
            Ending.of(
                Reason.OUT_OF_MEMORY,
                "held " + memory + " on a node, more than its " + live.memory));
      }
    }
  }

  private void launched(int count) {
    launched = count;
    allLaunched = true;
    stopOthersIfOver();
    endIfAllGone();
  }

  private void taskEnded(int number, ProcessEnd end) {
    gone++;
    live.addCpuTime(end.cpuTime().orElse(null));
    end.peakMemory().ifPresent(live::holds);
    outOfMemory |= end.outOfMemory();
    live.processEnd = end.at().orElse(null);
    boolean failed = end.exit().map(exit -> !exit.isZero()).orElse(true);
    if (number == 0) {
      mainEnd = end;
    } else if (failed && otherEnd == null && !stopping) {
      otherEnd = end;
      other = number;
    }
    if (end.exit().isEmpty() && failure == null) {
      failure = end;
    }
    stopOthersIfOver();
    endIfAllGone();
  }

  /** Once all have been started, the main task's end ends the others. */
  private void stopOthersIfOver() {
    boolean over = mainEnd != null || failure != null;
    if (over && allLaunched && gone < launched && !stopping) {
      terminate();
      live.addTimer(lifecycle.at(TimeSource.plus(lifecycle.now(), grace), Phase.END, this::kill));
    }
  }

  private void endIfAllGone() {
    if (allLaunched && gone == launched) {
      watch.remove(this);
      binder.giveBack(cpus);
      lifecycle.ended(live, ending(), null);
    }
  }

  private Ending ending() {
    if (failure != null) {
      boolean lost = failure.kind() == ProcessEnd.Kind.LOST;
      return Ending.of(lost ? Reason.NODE_FAILURE : Reason.LAUNCH_FAILURE, failure.message());
    }
    if (mainEnd == null || mainEnd.exit().isEmpty()) {
      return Ending.of(Reason.CANCELLED, "ended before it was started");
    }
    Exit exit = mainEnd.exit().get();
    if (outOfMemory) {
      return new Ending(
          Reason.OUT_OF_MEMORY,
          mainEnd.exit(),
          "a process was killed because the job holds all of its " + live.memory + " on a node");
    }
    if (exit.isZero() && otherEnd != null) {
      Exit otherExit = otherEnd.exit().orElse(exit);
      return new Ending(
          reasonOf(otherExit),
          Optional.of(otherExit),
          "task " + other + " ended with " + otherExit);
    }
    return new Ending(reasonOf(exit), mainEnd.exit(), "");
  }

  private static Reason reasonOf(Exit exit) {
    if (exit.isZero()) {
      return Reason.SUCCESS;
    }
    return exit.signal().isPresent() ? Reason.SIGNALLED : Reason.NON_ZERO_EXIT;
  }

  @Override
  public void terminate() {
    stopping = true;
    processes.forEach(RunningProcess::terminate);
  }

  @Override
  public void kill() {
    stopping = true;
    processes.forEach(RunningProcess::kill);
  }
}
