package io.hpc4j.local.process;

import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Takes over processes that an earlier program has started and that outlived it. Their parent, the
 * helper of that program, writes each wait status to a file; here it is waited for. Thread-safe.
 */
public final class KeptProcesses implements Launcher {
  private static final long LOOK_MILLIS = 50;
  private static final int LOOKS_FOR_LISTS = 200;

  private final Path folder;
  private final Map<String, Kept> kept = new HashMap<>();
  private boolean complete = true;
  private volatile boolean closed;

  /** A process, and the helper that waits for it. */
  private record Kept(long pid, ProcessHandle helper) {}

  private KeptProcesses(Path folder) {
    this.folder = folder;
  }

  /** Finds what was kept. Waits for helpers that have only just lost their program. */
  public static KeptProcesses find(Path folder) throws IOException {
    KeptProcesses found = new KeptProcesses(folder);
    for (Path file : files(folder, "helper-")) {
      long pid = Long.parseLong(file.getFileName().toString().substring("helper-".length()));
      Optional<ProcessHandle> helper = ProcessHandle.of(pid).filter(KeptProcesses::isHelper);
      Path list = folder.resolve("kept-" + pid);
      for (int i = 0; i < LOOKS_FOR_LISTS && helper.isPresent() && Files.notExists(list); i++) {
        pause();
        helper = helper.filter(ProcessHandle::isAlive);
      }
      if (helper.isPresent()) {
        found.read(list, helper.get());
      } else {
        found.complete = false; // it was killed, and cannot have told of all
        Files.deleteIfExists(list);
        Files.deleteIfExists(file);
      }
    }
    return found;
  }

  private static void pause() {
    CompletableFuture.runAsync(() -> {}, delayedExecutor(LOOK_MILLIS, MILLISECONDS)).join();
  }

  private static List<Path> files(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  private static boolean isHelper(ProcessHandle process) {
    return text(Path.of("/proc", String.valueOf(process.pid()), "cmdline"))
        .filter(line -> line.contains("Starts processes for hpc4j"))
        .isPresent();
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void read(Path list, ProcessHandle helper) {
    text(list).stream()
        .flatMap(String::lines)
        .map(line -> line.split(" ", 2))
        .forEach(words -> kept.put(words[0], new Kept(Long.parseLong(words[1]), helper)));
  }

  /** Whether a process runs on, or has ended and left its wait status. */
  public boolean knows(String name) {
    return kept.containsKey(name) || Files.exists(folder.resolve(name));
  }

  /** Whether a process that is not known was never started: each helper has told of all. */
  public boolean isComplete() {
    return complete;
  }

  /** Takes over a process instead of starting it. */
  @Override
  public RunningProcess start(ProcessSpec spec, ProcessListener listener) {
    Kept process = kept.get(spec.name());
    if (process != null && process.pid() > 0) {
      listener.started(process.pid(), false);
    }
    Strays strays = new Strays(spec.tags());
    look(spec, listener, strays);
    return new RunningProcess() {
      @Override
      public void terminate() {
        strays.terminate(strays.find());
      }

      @Override
      public void kill() {
        strays.terminate(strays.find());
        CompletableFuture<?> unused = strays.kill();
      }
    };
  }

  private void look(ProcessSpec spec, ProcessListener listener, Strays strays) {
    Kept process = kept.get(spec.name());
    boolean watched = process != null && process.helper().isAlive();
    Optional<ProcessEnd> end = status(spec.name()); // after the helper was seen
    if (closed) {
      return;
    }
    if (end.isPresent()) {
      CompletableFuture<?> gone =
          spec.leaveDaemons() ? CompletableFuture.completedFuture(null) : strays.gone();
      CompletableFuture<?> unused = gone.thenRun(() -> listener.ended(end.get()));
    } else if (watched) {
      later().execute(() -> look(spec, listener, strays));
    } else {
      CompletableFuture<?> unused =
          strays.kill().thenRun(() -> listener.ended(ProcessEnd.lost("nobody waited for its end")));
    }
  }

  private static Executor later() {
    return delayedExecutor(LOOK_MILLIS, MILLISECONDS);
  }

  private Optional<ProcessEnd> status(String name) {
    return text(folder.resolve(name))
        .map(line -> line.strip().split(" "))
        .filter(words -> words.length == 5)
        .map(
            words ->
                ProcessEnd.ofWaitStatus(
                        Integer.parseInt(words[0]),
                        Long.parseLong(words[1]),
                        Instant.ofEpochSecond(0, Long.parseLong(words[2])))
                    .held(Long.parseLong(words[3]), Long.parseLong(words[4])));
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public boolean holdsMemory() {
    return false;
  }

  @Override
  public void close() {
    closed = true;
  }
}
