package io.hpc4j.model;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** What a job runs: a command, a script, a Java task, or nothing but the passing of time. */
public sealed interface Work {
  /**
   * A program and its arguments, never seen by a shell.
   *
   * @param arguments the program first; it is looked up on the job's {@code PATH}
   */
  record Command(List<String> arguments) implements Work {
    /** Copies the arguments. */
    public Command {
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * The text of a script. Its first line names the interpreter ({@code #!/bin/bash}); without one
   * it is {@code /bin/sh}.
   *
   * @param text the whole text
   * @param arguments its arguments, never seen by a shell
   */
  record Script(String text, List<String> arguments) implements Work {
    /** Copies the arguments. */
    public Script {
      Objects.requireNonNull(text, "text");
      arguments = List.copyOf(arguments);
    }
  }

  /**
   * A task in this JVM.
   *
   * @param task the task
   */
  record Java(JavaTask<?> task) implements Work {
    /** Checks for {@code null}. */
    public Java {
      Objects.requireNonNull(task, "task");
    }
  }

  /**
   * Nothing but the passing of time, to test and to model with; only the local backend can.
   *
   * @param duration how long it takes
   * @param exitCode how it ends, 0 for success
   */
  record Simulation(Duration duration, int exitCode) implements Work {
    /** Checks for {@code null}. */
    public Simulation {
      Objects.requireNonNull(duration, "duration");
    }
  }

  /** Returns a command from its program and arguments. */
  static Work command(String... arguments) {
    return new Command(List.of(arguments));
  }

  /** Returns a script from its text. */
  static Work script(String text, String... arguments) {
    return new Script(text, List.of(arguments));
  }

  /**
   * Reads a script from a file, now; later changes of the file have no effect.
   *
   * @throws InvalidJobException if the file cannot be read as UTF-8 text
   */
  static Work scriptFile(Path file, String... arguments) {
    try {
      return script(Files.readString(file, StandardCharsets.UTF_8), arguments);
    } catch (IOException e) {
      InvalidJobException invalid =
          new InvalidJobException(
              List.of(Problem.of("work.script", file, "the script cannot be read: " + e)));
      invalid.initCause(e);
      throw invalid;
    }
  }

  /** Returns a task that runs in this JVM. */
  static Work java(JavaTask<?> task) {
    return new Java(task);
  }

  /** Returns work that takes this long and succeeds. */
  static Work simulated(Duration duration) {
    return simulated(duration, 0);
  }

  /** Returns work that takes this long and ends with this exit code. */
  static Work simulated(Duration duration, int exitCode) {
    return new Simulation(duration, exitCode);
  }
}
