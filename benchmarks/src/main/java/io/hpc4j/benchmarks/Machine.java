package io.hpc4j.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this machine and this JVM tell of themselves. */
final class Machine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final int MOST_COLLECTIONS = 10;
  private static final double STEADY = 0.001;

  private Machine() {}

  /** The CPU time of this JVM, all its threads and none of its children. */
  static long cpuNanos() {
    return system().getProcessCpuTime();
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }

  /** The bytes that are in use once garbage is gone: collects until the figure stands still. */
  static long usedHeap() throws InterruptedException {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < MOST_COLLECTIONS; i++) {
      memory.gc();
      long now = memory.getHeapMemoryUsage().getUsed();
      if (Math.abs(used - now) < STEADY * now) {
        return now;
      }
      used = now;
      Thread.sleep(100); // lets what was put into a queue be taken out of it
    }
    return used;
  }

  /** The classes whose objects fill most of the heap. */
  static String histogram(int classes) throws JMException {
    Object answer =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "gcClassHistogram",
                new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    return String.valueOf(answer)
        .lines()
        .limit(classes + 2L)
        .reduce("", (all, line) -> all + line + "\n");
  }

  /** Where a program is, if it is on the search path. */
  static Optional<Path> find(String program) {
    List<String> folders =
        Arrays.asList(
            System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator), -1));
    return folders.stream()
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Processor, memory, system and JDK, in one line. */
  static String describe() {
    return "%s, %d cores, %d GiB, %s %s; %s %s, heap of at most %d MiB"
        .formatted(
            processor(),
            Runtime.getRuntime().availableProcessors(),
            Math.round(system().getTotalMemorySize() / (double) (1 << 30)),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.vm.name"),
            System.getProperty("java.runtime.version"),
            Runtime.getRuntime().maxMemory() >> 20);
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException notLinux) {
      return System.getProperty("os.arch");
    }
  }
}
