package io.hpc4j.local.process;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.hpc4j.model.Exit;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes by {@link ProcessBuilder}, without a pipe for each; the fallback where no helper
 * process can be had.
 *
 * <p>Plain Java reports 137 both for {@code exit 137} and for SIGKILL, so such an exit is
 * ambiguous. What a process has left when it ends is found by its environment, where there is a
 * {@code /proc}. Nothing ends the processes when this JVM is killed; when it ends otherwise, a
 * shutdown hook does.
 */
final class ProcessLauncher implements Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessLauncher.class);
  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  private final Duration grace;
  private final Forks forks;
  private final Set<Object> strangers = ConcurrentHashMap.newKeySet();
  private final Set<Tree> running = ConcurrentHashMap.newKeySet();
  private final ExecutorService waiters = Executors.newCachedThreadPool(ProcessLauncher::waiter);
  private final Thread atShutdown = new Thread(this::killAll, "hpc4j-shutdown");

  ProcessLauncher(Duration grace) {
    this(grace, new Forks());
  }

  ProcessLauncher(Duration grace, Forks forks) {
    this.grace = grace;
    this.forks = forks;
    Runtime.getRuntime().addShutdownHook(atShutdown);
  }

  private static Thread waiter(Runnable task) {
    Thread thread = new Thread(task, "hpc4j-waiter");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public RunningProcess start(ProcessSpec spec, ProcessListener listener) {
    ProcessBuilder builder = new ProcessBuilder(spec.command());
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    builder.directory(spec.directory().toFile());
    builder.redirectInput(spec.stdin().map(p -> Redirect.from(p.toFile())).orElse(NOTHING));
    builder.redirectOutput(spec.stdout().toFile());
    spec.stderr()
        .ifPresentOrElse(
            path -> builder.redirectError(path.toFile()), () -> builder.redirectErrorStream(true));
    Tree tree;
    try {
      tree = new Tree(builder.start(), spec);
    } catch (IOException | RuntimeException e) {
      listener.ended(
          ProcessEnd.notStarted(LaunchFailure.explain(spec, String.valueOf(e.getMessage()))));
      return RunningProcess.NONE;
    }
    running.add(tree);
    listener.started(tree.main.pid(), false);
    CompletableFuture<?> unused =
        supplyAsync(tree::await, waiters)
            .thenCompose(Tree::gone)
            .whenComplete(
                (gone, failure) -> {
                  if (failure != null) {
                    LOG.warn("what a process has left behind could not be looked for", failure);
                  }
                  running.remove(tree);
                  listener.ended(tree.end());
                });
    return tree;
  }

  @Override
  public boolean isExact() {
    return false;
  }

  @Override
  public boolean holdsMemory() {
    return false;
  }

  @Override
  public void close() {
    killAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atShutdown);
    } catch (IllegalStateException e) {
      return; // the JVM is going down, and the hook runs
    }
  }

  private void killAll() {
    running.forEach(Tree::kill);
  }

  /** A process with all that descends from it. */
  private final class Tree implements RunningProcess {
    private final Process main;
    private final ProcessSpec spec;
    private final Strays strays;
    private volatile boolean asked;

    Tree(Process main, ProcessSpec spec) {
      this.main = main;
      this.spec = spec;
      strays = new Strays(spec.tags(), strangers);
      forks.started(main.pid());
    }

    /** Waits for the process itself. */
    Tree await() {
      try {
        main.waitFor();
        return this;
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts a thread that waits", e);
      }
    }

    /** Returns a future of the end of what it has left. */
    CompletableFuture<?> gone() {
      boolean alone = forks.wasAlone(main.pid());
      if (asked) {
        return strays.gone();
      }
      if (spec.leaveDaemons() || alone || strays.find().isEmpty()) {
        return completedFuture(null);
      }
      delayedExecutor(grace.toMillis(), MILLISECONDS).execute(this::kill);
      return strays.gone();
    }

    ProcessEnd end() {
      return ProcessEnd.ended(Exit.fromShell(main.exitValue()), Optional.empty());
    }

    @Override
    public void terminate() {
      asked = true;
      strays.terminate(main.descendants().collect(Collectors.toSet()));
      main.destroy();
    }

    @Override
    public void kill() {
      asked = true;
      strays.terminate(main.descendants().collect(Collectors.toSet()));
      main.destroyForcibly();
      CompletableFuture<?> unused = strays.kill();
    }
  }
}
