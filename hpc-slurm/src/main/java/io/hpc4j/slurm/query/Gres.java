package io.hpc4j.slurm.query;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A generic resource of a node: {@code gpu:a100:4(S:0-1)}.
 *
 * @param name what it is: {@code gpu}
 * @param type of which type, where one is said
 * @param count how many
 */
public record Gres(String name, Optional<String> type, long count) {
  private static final Pattern ONE =
      Pattern.compile("([^:(]+)(?::([^:(]*[^:(0-9][^:(]*))?(?::(\\d{1,12}))?(?:\\(.*\\))?");

  /** Reads a list of them; what is not of the known form is passed over. */
  public static List<Gres> parse(String text) {
    return text.equals("(null)") || text.equals("N/A")
        ? List.of()
        : Stream.of(text.split(",(?![^(]*\\))"))
            .map(ONE::matcher)
            .filter(Matcher::matches)
            .map(
                m ->
                    new Gres(
                        m.group(1),
                        Optional.ofNullable(m.group(2)),
                        m.group(3) == null ? 1 : Long.parseLong(m.group(3))))
            .toList();
  }

  /** How many GPUs of any type there are in a list. */
  static int gpus(List<Gres> list) {
    long count = list.stream().filter(g -> g.name().equals("gpu")).mapToLong(Gres::count).sum();
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
