package io.hpc4j.local.process;

import io.hpc4j.model.Variables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the processes of a task that are no descendants any more, since their parent has ended, by
 * the variables that they have inherited. Where there is no {@code /proc} it finds none.
 */
final class Escaped {
  private static final List<String> IDENTITY =
      List.of(Variables.JOB_ID, Variables.ARRAY_INDEX, Variables.ATTEMPT, Variables.TASK_INDEX);

  private Escaped() {}

  /** Returns the living processes that have these variables' job, element, attempt and task. */
  static List<ProcessHandle> of(Map<String, String> environment) {
    if (!environment.containsKey(Variables.JOB_ID)) {
      return List.of();
    }
    List<String> identity =
        IDENTITY.stream()
            .filter(environment::containsKey)
            .map(name -> name + "=" + environment.get(name))
            .toList();
    return ProcessHandle.allProcesses()
        .filter(process -> variables(process.pid()).containsAll(identity))
        .filter(Escaped::lives)
        .toList();
  }

  /** Java takes a zombie for alive; whether it is ever reaped is up to the machine's init. */
  static boolean lives(ProcessHandle process) {
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
