package io.hpc4j.local.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** How the helper process is started: which Python, with which settings. */
final class HelperProgram {
  private static final List<String> PLACES =
      List.of("/usr/bin/python3", "/usr/local/bin/python3", "/usr/libexec/platform-python");
  private static final String NEEDS =
      "import os, select, signal, struct, sys; sys.exit(sys.version_info < (3, 8))";

  private final Path python;
  private final List<String> arguments;

  private HelperProgram(Path python, List<String> arguments) {
    this.python = python;
    this.arguments = arguments;
  }

  /** Finds a Python that is new enough; empty if there is none, or no {@code /proc}. */
  static Optional<HelperProgram> find(
      Duration grace, Optional<Path> statusFolder, Optional<Path> litter, boolean cgroups) {
    if (!Files.isReadable(Path.of("/proc/self/environ"))
        || !Files.isReadable(Path.of("/proc/loadavg"))) {
      return Optional.empty();
    }
    List<String> arguments =
        List.of(
            String.valueOf(grace.toMillis() / 1000.0),
            statusFolder.map(Path::toString).orElse(""),
            litter.map(Path::toString).orElse(""),
            cgroups ? "cgroups" : "");
    return Stream.concat(PLACES.stream().map(Path::of), onPath())
        .filter(Files::isExecutable)
        .filter(HelperProgram::isNewEnough)
        .findFirst()
        .map(python -> new HelperProgram(python, arguments));
  }

  private static Stream<Path> onPath() {
    String path = System.getenv("PATH");
    return path == null
        ? Stream.empty()
        : Stream.of(path.split(":")).map(folder -> Path.of(folder, "python3"));
  }

  private static boolean isNewEnough(Path python) {
    try {
      Process test =
          new ProcessBuilder(python.toString(), "-I", "-S", "-c", NEEDS)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      test.getOutputStream().close();
      if (!test.waitFor(10, TimeUnit.SECONDS)) {
        test.destroyForcibly();
        return false;
      }
      return test.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Starts the helper. It never writes to its standard error but when it breaks. */
  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(python.toString(), "-I", "-S", "-c", source());
    builder.command().addAll(arguments);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.directory(Path.of("/").toFile()); // it keeps no folder in use
    return builder.start();
  }

  private static String source() throws IOException {
    try (InputStream in = HelperProgram.class.getResourceAsStream("launcher.py")) {
      if (in == null) {
        throw new IOException("launcher.py is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
