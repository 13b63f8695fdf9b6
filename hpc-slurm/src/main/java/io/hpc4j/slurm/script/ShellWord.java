package io.hpc4j.slurm.script;

import java.util.List;
import java.util.stream.Collectors;

/** Text as one word of a POSIX shell, byte for byte. Pure. */
public final class ShellWord {
  private ShellWord() {}

  /** Returns the text in single quotes. */
  public static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** Returns the texts as words with blanks between them. */
  public static String quote(List<String> texts) {
    return texts.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }
}
