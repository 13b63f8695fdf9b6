package io.hpc4j.local.process;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The processes of a task, whoever their parent is now, found by the variables that they have
 * inherited. Where there is no {@code /proc} none are found. Thread-safe.
 *
 * <p>The environment of a process cannot be read while it calls exec, so that none are left takes
 * several clean looks in a row.
 */
final class Strays {
  private static final int CLEAN_LOOKS = 4;
  private static final long LONGEST_PAUSE_MILLIS = 50;

  private final List<String> tags;
  private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();
  private volatile boolean killed;

  Strays(List<String> tags) {
    this.tags = tags;
  }

  /** Asks all of them, and these, to end; to be called again for those that come later. */
  void terminate(Collection<ProcessHandle> others) {
    seen.addAll(others);
    seen.forEach(this::end);
  }

  /** Ends all of them. The future is complete when none is left. */
  CompletableFuture<?> kill() {
    killed = true;
    seen.forEach(this::end);
    return gone();
  }

  /** Returns a future of the moment when none is left. */
  CompletableFuture<?> gone() {
    return gone(CLEAN_LOOKS, 1);
  }

  private CompletableFuture<?> gone(int cleanLooks, long pauseMillis) {
    if (cleanLooks == 0) {
      return completedFuture(null);
    }
    return supplyAsync(this::someLive, delayedExecutor(pauseMillis, MILLISECONDS))
        .thenCompose(
            someLive ->
                gone(
                    someLive ? CLEAN_LOOKS : cleanLooks - 1,
                    Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS)));
  }

  private boolean someLive() {
    find().stream().filter(seen::add).forEach(this::end);
    return seen.stream().anyMatch(Strays::lives);
  }

  private void end(ProcessHandle process) {
    boolean unused = killed ? process.destroyForcibly() : process.destroy();
  }

  /** The processes that live now and have the tags. */
  List<ProcessHandle> find() {
    return tags.isEmpty()
        ? List.of()
        : ProcessHandle.allProcesses()
            .filter(process -> variables(process.pid()).containsAll(tags))
            .filter(Strays::lives)
            .toList();
  }

  /** Java takes a zombie for alive; whether it is ever reaped is up to the machine's init. */
  private static boolean lives(ProcessHandle process) {
    String stat = read(process.pid(), "stat");
    return process.isAlive() && !stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
  }

  private static Set<String> variables(long pid) {
    return new HashSet<>(Arrays.asList(read(pid, "environ").split("\0", -1)));
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(
          Path.of("/proc", String.valueOf(pid), file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
