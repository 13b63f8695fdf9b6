package io.hpc4j.local.process;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.hpc4j.model.Exit;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Starts processes by {@link ProcessBuilder}, without a thread or a pipe for each.
 *
 * <p>Plain Java reports 137 both for {@code exit 137} and for SIGKILL, so such an exit is
 * ambiguous. Descendants that have left the tree are found by their environment when the process is
 * asked to end, where there is a {@code /proc}; those of a process that ends by itself are left.
 */
public final class ProcessLauncher implements Launcher {
  private static final int CLEAN_LOOKS = 4;
  private static final long LONGEST_PAUSE_MILLIS = 50;
  private static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  @Override
  public RunningProcess start(ProcessSpec spec, Consumer<ProcessEnd> onEnd) {
    ProcessBuilder builder = new ProcessBuilder(spec.command());
    builder.environment().clear();
    builder.environment().putAll(spec.environment());
    builder.directory(spec.directory().toFile());
    builder.redirectInput(spec.stdin().map(p -> Redirect.from(p.toFile())).orElse(NOTHING));
    builder.redirectOutput(spec.stdout().toFile());
    spec.stderr()
        .ifPresentOrElse(
            path -> builder.redirectError(path.toFile()), () -> builder.redirectErrorStream(true));
    try {
      Tree tree = new Tree(builder.start(), spec.environment());
      tree.whenEnded(onEnd);
      return tree;
    } catch (IOException | RuntimeException e) {
      onEnd.accept(ProcessEnd.launchFailed(whyNot(spec, e)));
      return new NotStarted();
    }
  }

  private static String whyNot(ProcessSpec spec, Exception e) {
    Path program = Path.of(spec.command().get(0));
    String why;
    if (!Files.isDirectory(spec.directory())) {
      why = "the working directory does not exist";
    } else if (Files.isDirectory(program)) {
      why = "the program is a directory";
    } else if (!Files.exists(program)) {
      why = "there is no such program";
    } else if (!Files.isExecutable(program)) {
      why = "the program is not executable";
    } else {
      why = String.valueOf(e.getMessage());
    }
    return "cannot start " + program + " in " + spec.directory() + ": " + why;
  }

  @Override
  public void close() {
    // nothing is held open between processes
  }

  /** What could not be started has nothing to end. */
  private static final class NotStarted implements RunningProcess {
    @Override
    public void terminate() {}

    @Override
    public void kill() {}
  }

  /** A process with its descendants as they were whenever somebody asked it to end. */
  private static final class Tree implements RunningProcess {
    private final Process main;
    private final Map<String, String> environment;
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();
    private volatile boolean asked;
    private volatile boolean killed;

    Tree(Process main, Map<String, String> environment) {
      this.main = main;
      this.environment = environment;
    }

    /**
     * The end is told when the process and, if it was asked to end, all that it started is gone.
     */
    void whenEnded(Consumer<ProcessEnd> onEnd) {
      CompletableFuture<?> unused =
          main.onExit()
              .thenCompose(process -> asked ? allGone(CLEAN_LOOKS, 1) : completedFuture(null))
              .thenRun(() -> onEnd.accept(ProcessEnd.ended(Exit.fromShell(main.exitValue()))));
    }

    /**
     * What was started while the others were asked is found by its environment, which cannot be
     * read while it calls exec: so it takes several clean looks in a row.
     */
    private CompletableFuture<?> allGone(int cleanLooks, long pauseMillis) {
      if (cleanLooks == 0) {
        return completedFuture(null);
      }
      return supplyAsync(this::someLive, delayedExecutor(pauseMillis, MILLISECONDS))
          .thenCompose(
              someLive ->
                  allGone(
                      someLive ? CLEAN_LOOKS : cleanLooks - 1,
                      Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)));
    }

    private boolean someLive() {
      Escaped.of(environment).stream().filter(seen::add).forEach(this::end);
      return seen.stream().anyMatch(Escaped::lives);
    }

    private void end(ProcessHandle process) {
      boolean unused = killed ? process.destroyForcibly() : process.destroy();
    }

    @Override
    public void terminate() {
      asked = true;
      snapshot();
      main.destroy();
      seen.forEach(this::end);
    }

    @Override
    public void kill() {
      asked = true;
      killed = true;
      snapshot();
      main.destroyForcibly();
      seen.forEach(this::end);
    }

    private void snapshot() {
      Stream.concat(
              main.descendants(), Set.copyOf(seen).stream().flatMap(ProcessHandle::descendants))
          .forEach(seen::add);
    }
  }
}
