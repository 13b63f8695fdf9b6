package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A group whose jobs are shell commands that leave files behind to look at. */
abstract class ShellCases extends Cases {
  /** Text that every careless step on the way to a process would change. */
  static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "two  blanks",
          " around ",
          "it's",
          "\"quoted\"",
          "a\"b$(id)`id`",
          "$HOME ${PATH}",
          "*",
          "?[a-z]{a,b}",
          "~",
          "\\",
          "back\\slash\\\\n",
          "tab\there",
          "line\nbreak\n",
          "carriage\rreturn",
          "a;b|c&d<e>f#g!h",
          "%s %j %d",
          "--option=value",
          "-",
          "\u00e4\u00f6\u00fc \u4f60\u597d \ud83d\ude80",
          "\u0001\u007f",
          "x".repeat(5000));

  /** A shell command with arguments that the shell sees as {@code $1} and so on. */
  JobDefinition.Builder sh(String script, String... arguments) {
    String[] command =
        Stream.concat(Stream.of("sh", "-c", script, "sh"), Arrays.stream(arguments))
            .toArray(String[]::new);
    return fixture.work("shell", ContractWork.quick()).command(command);
  }

  /** Runs a definition to success. */
  void run(JobDefinition.Builder definition) {
    run(definition, r -> r);
  }

  void run(JobDefinition.Builder definition, UnaryOperator<JobRequest.Builder> request) {
    assertSucceeded(end(submit(definition.build(), request)));
  }

  /** Runs a definition whose command writes its environment, and returns that. */
  Map<String, String> environmentOf(
      JobDefinition.Builder definition, UnaryOperator<JobRequest.Builder> request)
      throws IOException {
    run(definition.command("sh", "-c", "env -0 >env"), request);
    return environment("env");
  }

  /** Reads what {@code env -0} has written. */
  Map<String, String> environment(String file) throws IOException {
    Map<String, String> environment = new TreeMap<>();
    for (String variable : read(file).split("\0", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return environment;
  }

  String read(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  /** The names of the files there are whose name begins so. */
  List<String> files(String beginning) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(beginning))
          .sorted()
          .toList();
    }
  }

  void assertExists(String file) {
    assertThat(directory.resolve(file)).exists();
  }
}
