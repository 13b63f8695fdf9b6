package io.hpc4j.slurm.query;

import io.hpc4j.model.BackendException;

/**
 * A reply of one of Slurm's commands that is not what the command is known to print.
 *
 * <p>The whole reply then counts as not received: it changes nothing that is known of any job.
 */
public final class UnreadableReply extends BackendException {
  private static final long serialVersionUID = 1L;

  private static final int LONGEST_QUOTE = 200;

  /**
   * Creates one that quotes the offending line, printable and shortened.
   *
   * @param command the name of the command
   * @param line the line, as it came
   * @param why what is wrong with it
   */
  public UnreadableReply(String command, String line, String why) {
    super(command + " printed what cannot be read: '" + quote(line) + "': " + quote(why), null);
  }

  /** Returns text fit for a message: control characters spelled out, the rest of long text cut. */
  static String quote(String text) {
    boolean isLong = text.length() > LONGEST_QUOTE;
    if (!isLong && text.chars().allMatch(c -> c >= ' ' && c < '\u007f')) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    (isLong ? text.substring(0, LONGEST_QUOTE) : text)
        .chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.isSurrogate((char) c)) {
                out.append(String.format("\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return isLong ? out + "... (" + text.length() + " characters)" : out.toString();
  }
}
