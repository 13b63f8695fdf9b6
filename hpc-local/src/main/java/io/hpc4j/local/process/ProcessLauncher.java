package io.hpc4j.local.process;

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
 * ambiguous. Descendants that have left the tree, because their parent ended, cannot be found.
 */
public final class ProcessLauncher implements Launcher {
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
              .thenCompose(process -> allGone())
              .thenRun(() -> onEnd.accept(ProcessEnd.ended(Exit.fromShell(main.exitValue()))));
    }

    private CompletableFuture<Void> allGone() {
      if (!asked) {
        return CompletableFuture.completedFuture(null);
      }
      boolean more = endEscaped();
      CompletableFuture<Void> gone =
          CompletableFuture.allOf(
              seen.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
      return more ? gone.thenCompose(nothing -> allGone()) : gone;
    }

    /** What was started while the others were asked is asked now; returns whether there was any. */
    private boolean endEscaped() {
      boolean any = false;
      for (ProcessHandle process : Escaped.of(environment)) {
        if (seen.add(process)) {
          any = true;
          end(process);
        }
      }
      return any;
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
