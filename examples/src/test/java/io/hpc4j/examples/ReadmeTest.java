package io.hpc4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.examples.readme.GoOn;
import io.hpc4j.examples.readme.Hello;
import io.hpc4j.examples.readme.SumInParts;
import io.hpc4j.examples.readme.TenHours;
import io.hpc4j.examples.readme.TryAgain;
import io.hpc4j.examples.readme.TwoGroups;
import io.hpc4j.examples.readme.TwoNodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java blocks of the README are the files of the package {@code readme}, which run. */
class ReadmeTest {
  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path SOURCES = MODULE.resolve("src/test/java/io/hpc4j/examples/readme");
  private static final Pattern CLASS = Pattern.compile("(?m)^(?:public )?class (\\w+)");

  @Test
  void java_blocks_are_the_files_that_run() throws IOException {
    assertThat(blocks()).isEqualTo(sources());
  }

  @Test
  void line_above_each_java_block_names_the_dependency_it_needs() throws IOException {
    String readme = Files.readString(MODULE.resolve("../README.md"));

    List<String> linesAbove =
        Pattern.compile("(.*)\n\n```java\n")
            .matcher(readme)
            .results()
            .map(found -> found.group(1))
            .toList();

    assertThat(linesAbove)
        .hasSameSizeAs(sources().keySet())
        .allSatisfy(line -> assertThat(line).matches("Needs `hpc-(local|slurm|batch|testkit)`:"));
  }

  @Test
  void example_in_the_javadoc_of_the_client_is_the_first_snippet() throws IOException {
    String hello = sources().getOrDefault("Hello", "");
    String javadoc =
        Files.readString(MODULE.resolve("../hpc-core/src/main/java/io/hpc4j/package-info.java"));

    String example = between("<pre>{@code\n", " * }</pre>", javadoc).replaceAll("(?m)^ \\* ", "");

    assertThat(example)
        .isEqualTo(between("String[] args) {\n", "  }\n}\n", hello).replaceAll("(?m)^ {4}", ""));
  }

  private static String between(String start, String end, String text) {
    int from = text.indexOf(start) + start.length();
    return text.substring(from, text.indexOf(end, from));
  }

  private static Map<String, String> blocks() throws IOException {
    String readme = Files.readString(MODULE.resolve("../README.md"));
    Map<String, String> blocks = new TreeMap<>();
    Pattern.compile("(?s)```java\n(.*?)```")
        .matcher(readme)
        .results()
        .map(found -> found.group(1))
        .forEach(block -> blocks.put(className(block), block));
    return blocks;
  }

  /** The files without their package line, as they stand in the README. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file).replaceFirst("package .*;\n\n", "");
        sources.put(className(text), text);
      }
    }
    return sources;
  }

  private static String className(String source) {
    return CLASS.matcher(source).results().findFirst().map(found -> found.group(1)).orElse("none");
  }

  @Nested
  class Runs {
    @Test
    void hello() {
      assertThat(Output.of(Hello::main)).isEqualTo("SUCCEEDED\nHello World\n");
    }

    @Test
    void sum_in_parts(@TempDir Path folder) {
      assertThat(Output.of(SumInParts::main, folder.toString())).isEqualTo("500500\n");
    }

    @Test
    void two_nodes() {
      assertThat(Output.of(TwoNodes::main))
          .isEqualTo("mpirun -n 8 --host node-1,node-2 ./wrf.exe\n");
    }

    @Test
    void try_again() {
      assertThat(Output.of(TryAgain::main))
          .isEqualTo("1 NON_ZERO_EXIT\n2 NON_ZERO_EXIT\n3 SUCCESS\n");
    }

    @Test
    void go_on(@TempDir Path folder) {
      assertThat(Output.of(GoOn::main, folder.toString())).isEqualTo("{SUCCEEDED=20}\n");
    }

    @Test
    void two_groups() {
      assertThat(Output.of(TwoGroups::main).lines())
          .containsExactlyInAnyOrder("climate 4 cpus", "genomics 12 cpus", "CPUS");
    }

    @Test
    void ten_hours() {
      assertThat(Output.of(TenHours::main).lines())
          .hasSize(13)
          .anySatisfy(line -> assertThat(line).contains("1_[20-99]").endsWith("(Resources)"))
          .endsWith("2026-01-01T10:00:00Z");
    }
  }
}
