package io.hpc4j.testkit.batch;

import java.util.List;

/** Words as a POSIX shell reads them. */
final class Shell {
  private Shell() {}

  static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** The words, each behind a blank. */
  static String words(List<String> words) {
    StringBuilder line = new StringBuilder();
    words.forEach(word -> line.append(' ').append(quote(word)));
    return line.toString();
  }
}
