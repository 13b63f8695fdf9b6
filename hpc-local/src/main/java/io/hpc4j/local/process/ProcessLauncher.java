package io.hpc4j.local.process;

import io.hpc4j.model.Exit;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
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
      Tree tree = new Tree(builder.start());
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
    private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();

    Tree(Process main) {
      this.main = main;
    }

    /** The end is told when the process and all descendants that were asked to end are gone. */
    void whenEnded(Consumer<ProcessEnd> onEnd) {
      CompletableFuture<?> unused =
          main.onExit()
              .thenCompose(process -> allGone())
              .thenRun(() -> onEnd.accept(ProcessEnd.ended(Exit.fromShell(main.exitValue()))));
    }

    private CompletableFuture<?> allGone() {
      return CompletableFuture.allOf(
          seen.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void terminate() {
      snapshot();
      main.destroy();
      seen.forEach(ProcessHandle::destroy);
    }

    @Override
    public void kill() {
      snapshot();
      main.destroyForcibly();
      seen.forEach(ProcessHandle::destroyForcibly);
    }

    private void snapshot() {
      Stream.concat(
              main.descendants(), Set.copyOf(seen).stream().flatMap(ProcessHandle::descendants))
          .forEach(seen::add);
    }
  }
}
