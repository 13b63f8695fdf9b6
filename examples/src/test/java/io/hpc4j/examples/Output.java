package io.hpc4j.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What a program prints. */
final class Output {
  private Output() {}

  /** A program. */
  @FunctionalInterface
  interface Program {
    void run(String[] args) throws IOException;
  }

  /** Runs a program in this JVM, and returns its standard output. */
  static String of(Program program, String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
    try {
      program.run(args);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      System.setOut(before);
    }
    return output.toString(StandardCharsets.UTF_8);
  }
}
