package io.hpc4j.slurm.script;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text as one word of a POSIX shell, byte for byte. Pure. */
public final class ShellWord {
  /**
   * The variables that some shell sets itself, reads, or does not let be set, and those that change
   * how the programs of a script run.
   */
  private static final Pattern SPECIAL =
      Pattern.compile(
          "_|IFS|ENV|PPID|E?UID|GROUPS|LINENO|S?RANDOM|SECONDS|SHLVL|SHELLOPTS|TMOUT|IGNOREEOF"
              + "|POSIXLY_CORRECT|PIPESTATUS|DIRSTACK|LANG|LANGUAGE|FPATH|ERRNO|ATTY"
              + "|(BASH|COMP|EPOCH|FUNC|HIST|hist|LC_|LD_|MAIL|OPT|PS\\d|ZSH|h4j_).*");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private ShellWord() {}

  /** Returns the text in single quotes. */
  public static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** Whether every shell takes a variable of this name as any other, and passes it on. */
  static boolean isPlain(String variable) {
    return NAME.matcher(variable).matches() && !SPECIAL.matcher(variable).matches();
  }

  /** Returns the texts as words with blanks between them. */
  public static String quote(List<String> texts) {
    return texts.stream().map(ShellWord::quote).collect(Collectors.joining(" "));
  }
}
