package io.hpc4j.benchmarks;

import io.hpc4j.local.trace.SwfTrace;
import io.hpc4j.local.trace.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Workloads out of files in the Standard Workload Format. */
final class Traces {
  private static final Pattern FILE = Pattern.compile("(.+)\\.swf(\\.gz)?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private Traces() {}

  /**
   * Reads the traces of a folder, by name and in the order of their names.
   *
   * @throws IllegalArgumentException if there are none, or one does not say how large its machine
   *     is
   */
  static Map<String, Workload> in(Path folder) throws IOException {
    Map<String, Workload> traces = new LinkedHashMap<>();
    for (Path file : files(folder)) {
      Matcher name = FILE.matcher(file.getFileName().toString());
      if (name.matches()) {
        SwfTrace trace = SwfTrace.read(file);
        traces.put(name.group(1), trace.cleaned(processors(trace, file)).workload());
      }
    }
    if (traces.isEmpty()) {
      throw new IllegalArgumentException("there is no .swf or .swf.gz in " + folder);
    }
    return traces;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Where only nodes are counted, each has one processor. */
  private static int processors(SwfTrace trace, Path file) {
    return trace
        .maxProcs()
        .orElseGet(
            () ->
                trace
                    .header("MaxNodes")
                    .filter(nodes -> NUMBER.matcher(nodes).matches())
                    .map(Integer::parseInt)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                file + " has neither MaxProcs nor MaxNodes")));
  }
}
