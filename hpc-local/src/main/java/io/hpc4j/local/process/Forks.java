package io.hpc4j.local.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Tells, without looking at any process, that the machine has made no others since one of ours: its
 * process ids count upwards, and {@code /proc/loadavg} ends with the last. Thread-safe.
 */
class Forks {
  private static final Path COUNTER = Path.of("/proc/loadavg");

  private final ConcurrentSkipListSet<Long> running = new ConcurrentSkipListSet<>();
  private final ConcurrentSkipListSet<Long> recent = new ConcurrentSkipListSet<>();

  void started(long pid) {
    running.add(pid);
    recent.add(pid);
  }

  /** Whether nothing but processes of ours was made since this one, which has ended. */
  boolean wasAlone(long pid) {
    long last = lastPid();
    boolean alone = last >= pid && recent.subSet(pid, true, last, true).size() == last - pid + 1;
    running.remove(pid);
    Long oldest = running.ceiling(0L); // null if others have just taken out the last
    recent.headSet(oldest == null ? Long.valueOf(last) : oldest, false).clear();
    return alone;
  }

  private static long lastPid() {
    try {
      String line = Files.readString(COUNTER).strip();
      return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
  }
}
