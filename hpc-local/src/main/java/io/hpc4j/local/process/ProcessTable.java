package io.hpc4j.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The processes of this machine at one moment, as {@code /proc} shows them. Immutable. */
public final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  private final Map<Long, Entry> entries;
  private final Map<Long, Set<Long>> related;

  private record Entry(long parent, long group, long session) {}

  private ProcessTable(Map<Long, Entry> entries) {
    this.entries = entries;
    related = new HashMap<>();
    entries.forEach(
        (pid, entry) ->
            Stream.of(entry.parent, entry.group, entry.session)
                .forEach(of -> related.computeIfAbsent(of, p -> new HashSet<>()).add(pid)));
  }

  /** Whether there is a process table to be read here. */
  public static boolean isThere() {
    return Files.isReadable(PROC.resolve("self/status"));
  }

  /** Reads it; processes that end meanwhile are missing. */
  public static ProcessTable read() {
    Map<Long, Entry> entries = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        String stat = text(process.resolve("stat"));
        // the name stands in brackets and may hold anything
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 5);
        if (fields.length == 5) {
          entries.put(
              Long.parseLong(process.getFileName().toString()),
              new Entry(
                  Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3])));
        }
      }
    } catch (IOException e) {
      return new ProcessTable(Map.of());
    }
    return new ProcessTable(entries);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  /** A process, its group and session, and all that descend from any of those. */
  Set<Long> tree(long pid) {
    Set<Long> found = new HashSet<>();
    Deque<Long> todo = new ArrayDeque<>(Set.of(pid));
    while (!todo.isEmpty()) {
      long next = todo.pop();
      if (found.add(next)) {
        todo.addAll(related.getOrDefault(next, Set.of()));
      }
    }
    found.retainAll(entries.keySet()); // the first may have ended before its group
    return found;
  }

  /**
   * How much memory the tree of a process holds that cannot be had back by dropping caches: what
   * {@code /proc} calls RssAnon and RssShmem.
   */
  public long memoryOfTree(long pid) {
    return tree(pid).stream().mapToLong(ProcessTable::memory).sum();
  }

  private static long memory(long pid) {
    return text(PROC.resolve(pid + "/status"))
        .lines()
        .filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
  }
}
