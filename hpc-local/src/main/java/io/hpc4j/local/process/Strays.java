package io.hpc4j.local.process;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static java.util.concurrent.CompletableFuture.supplyAsync;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.hpc4j.model.Variables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
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
 * <p>That a process is no job's is remembered by the identity of its folder in {@code /proc}: a
 * process id may come to be another's.
 *
 * <p>The environment of a process cannot be read while it calls exec, so that none are left takes
 * several clean looks in a row.
 */
final class Strays {
  private static final int CLEAN_LOOKS = 4;
  private static final long LONGEST_PAUSE_MILLIS = 50;

  private static final Path PROC = Path.of("/proc");
  private static final String OF_A_JOB = "\0" + Variables.JOB_ID + "=";
  private static final String OF_THE_KERNEL = "2"; // its threads have this parent

  private final List<String> tags;
  private final Set<Object> strangers;
  private final Set<ProcessHandle> seen = ConcurrentHashMap.newKeySet();
  private volatile boolean killed;

  Strays(List<String> tags) {
    this(tags, ConcurrentHashMap.newKeySet());
  }

  /** Creates one that remembers together with others which processes are no job's. */
  Strays(List<String> tags, Set<Object> strangers) {
    this.tags = tags;
    this.strangers = strangers;
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
    List<ProcessHandle> found = new ArrayList<>();
    if (tags.isEmpty()) {
      return found;
    }
    Set<Object> present = new HashSet<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        Object identity = identity(process);
        present.add(identity);
        String pid = process.getFileName().toString();
        if (!strangers.contains(identity) && isOurs(pid, identity)) {
          ProcessHandle.of(Long.parseLong(pid)).filter(Strays::lives).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      return found; // there is no /proc
    }
    strangers.retainAll(present);
    return found;
  }

  private static Object identity(Path process) {
    try {
      return Files.readAttributes(process, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return process; // it has just ended
    }
  }

  private boolean isOurs(String pid, Object identity) {
    String variables = "\0" + read(pid, "environ");
    boolean stranger =
        variables.length() == 1
            ? stat(pid).startsWith(OF_THE_KERNEL + " ", 2)
            : !variables.contains(OF_A_JOB);
    if (stranger) {
      strangers.add(identity);
    }
    return !stranger && tags.stream().allMatch(tag -> variables.contains("\0" + tag + "\0"));
  }

  /** Java takes a zombie for alive; whether it is ever reaped is up to the machine's init. */
  private static boolean lives(ProcessHandle process) {
    return process.isAlive() && !stat(String.valueOf(process.pid())).startsWith("Z");
  }

  /** Its state, its parent and so on; the name before those stands in brackets. */
  private static String stat(String pid) {
    String all = read(pid, "stat");
    return all.substring(all.lastIndexOf(')') + 1).strip();
  }

  private static String read(String pid, String file) {
    try {
      return Files.readString(PROC.resolve(pid).resolve(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
