package io.hpc4j.testkit;

import io.hpc4j.model.Variables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the processes of this machine that belong to jobs. Where that cannot be seen are none. */
final class Leftovers {
  private static final Set<String> OVER = ConcurrentHashMap.newKeySet();

  private Leftovers() {}

  /** Remembers the jobs of a test that is over; another may still run. */
  static void remember(Collection<String> tokens) {
    OVER.addAll(tokens);
  }

  /** The processes of all jobs of tests that are over. */
  static List<String> ofAll() {
    return of(OVER);
  }

  /** The processes that carry one of these submission tokens in their environment. */
  static List<String> of(Collection<String> tokens) {
    Set<String> marks =
        tokens.stream().map(token -> Variables.JOB_ID + "=" + token).collect(Collectors.toSet());
    return marks.isEmpty()
        ? List.of()
        : ProcessHandle.allProcesses()
            .filter(process -> environment(process).anyMatch(marks::contains))
            .map(process -> process.pid() + " " + process.info().commandLine().orElse("?"))
            .toList();
  }

  private static Stream<String> environment(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", String.valueOf(process.pid()), "environ");
      return Arrays.stream(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
