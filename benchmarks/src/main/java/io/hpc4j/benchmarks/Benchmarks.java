package io.hpc4j.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Runs the benchmarks and prints their tables.
 *
 * <p>These are whole paths, from the submit to the ending, of two jobs at a time. Contestants run
 * in turn, so that figures can be compared on a machine that others use too.
 */
public final class Benchmarks {
  private Benchmarks() {}

  /** Runs the suites that the arguments name. */
  public static void main(String... args) throws Exception {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(Options.USAGE);
      return;
    }
    if (options.help()) {
      System.out.print(Options.USAGE);
      return;
    }
    String conditions =
        "%s; %s; %s%d rounds"
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                Machine.describe(),
                options.quick() ? "quick, not a measurement; " : "",
                options.rounds());
    System.out.println(conditions);
    StringBuilder markdown = new StringBuilder("Taken on " + conditions + ".\n");
    for (String name : options.suites()) {
      Report report = Suite.of(name).run(options);
      System.out.print("\n" + report.text());
      markdown.append("\n").append(report.markdown());
    }
    if (options.file().isPresent()) {
      Path file = options.file().get();
      Files.writeString(file, markdown);
      System.out.println("\nwritten to " + file);
    }
  }
}
