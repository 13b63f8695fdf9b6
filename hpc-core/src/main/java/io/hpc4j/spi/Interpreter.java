package io.hpc4j.spi;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the first line of a script as the kernel does: an interpreter and at most one argument.
 * Running the interpreter ourselves needs no executable file. Pure.
 */
public final class Interpreter {
  private Interpreter() {}

  /** Returns the interpreter and its argument, {@code /bin/sh} for a script that names none. */
  public static List<String> of(String script) {
    if (!script.startsWith("#!")) {
      return List.of("/bin/sh");
    }
    int end = script.indexOf('\n');
    String line = script.substring(2, end < 0 ? script.length() : end).strip();
    if (line.isEmpty()) {
      return List.of("/bin/sh");
    }
    String[] parts = line.split("[ \t]+", 2);
    List<String> command = new ArrayList<>();
    command.add(parts[0]);
    if (parts.length > 1) {
      command.add(parts[1]);
    }
    return command;
  }
}
