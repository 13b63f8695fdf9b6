package io.hpc4j.slurm.query;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Host names in Slurm's compact form: {@code compute-b2[1-3,5-6,8],compute-a1}; a leading zero sets
 * the width, as in {@code n[08-10]}.
 */
public final class HostList {
  /** How many names a list may have; a cluster has fewer nodes. */
  public static final int MAX_HOSTS = 200_000;

  private static final String NAME = "a host list";
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,18})(?:-(\\d{1,18}))?");
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,18})");

  private HostList() {}

  /**
   * Returns the names, in the order of the list; none for empty text.
   *
   * @throws UnreadableReply if it is no host list, or one of more than {@link #MAX_HOSTS} names
   */
  public static List<String> expand(String text) {
    List<String> names = new ArrayList<>();
    if (text.isEmpty()) {
      return names;
    }
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i < text.length() && text.charAt(i) == '[') {
        int close = text.indexOf(']', i);
        i = close < 0 ? text.length() : close;
      }
      if (i >= text.length() || text.charAt(i) == ',') {
        names.addAll(
            expandOne(text, text.substring(from, Math.min(i, text.length())), names.size()));
        from = i + 1;
      }
    }
    return List.copyOf(names);
  }

  /** Expands one name with any number of brackets; the last brackets count fastest. */
  private static List<String> expandOne(String text, String host, int before) {
    List<String> names = List.of("");
    int from = 0;
    while (from < host.length()) {
      int open = host.indexOf('[', from);
      String literal = open < 0 ? host.substring(from) : host.substring(from, open);
      if (!literal.isEmpty() && !HOST.matcher(literal).matches()) {
        throw new UnreadableReply(NAME, text, "no host name: " + literal);
      }
      List<String> choices = List.of("");
      from = host.length();
      if (open >= 0) {
        int close = host.indexOf(']', open);
        if (close < 0) {
          throw new UnreadableReply(NAME, text, "a bracket is not closed");
        }
        choices = numbers(text, host.substring(open + 1, close), before);
        from = close + 1;
      }
      names = product(text, names, literal, choices, before);
    }
    if (names.get(0).isEmpty()) {
      throw new UnreadableReply(NAME, text, "an empty name");
    }
    return names;
  }

  private static List<String> product(
      String text, List<String> starts, String literal, List<String> choices, int before) {
    checkSize(text, before + (long) starts.size() * choices.size());
    List<String> names = new ArrayList<>(starts.size() * choices.size());
    for (String start : starts) {
      for (String choice : choices) {
        names.add(start + literal + choice);
      }
    }
    return names;
  }

  private static List<String> numbers(String text, String ranges, int before) {
    List<String> numbers = new ArrayList<>();
    for (String range : ranges.split(",", -1)) {
      Matcher m = RANGE.matcher(range);
      if (!m.matches()) {
        throw new UnreadableReply(NAME, text, "no range of numbers: " + range);
      }
      long first = Long.parseLong(m.group(1));
      long last = m.group(2) == null ? first : Long.parseLong(m.group(2));
      if (last < first) {
        throw new UnreadableReply(NAME, text, "a range that runs backwards: " + range);
      }
      checkSize(text, before + numbers.size() + (last - first + 1L));
      for (long number = first; number <= last; number++) {
        numbers.add(padded(number, m.group(1).length()));
      }
    }
    return numbers;
  }

  private static String padded(long number, int width) {
    String digits = Long.toString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  private static void checkSize(String text, long size) {
    if (size > MAX_HOSTS) {
      throw new UnreadableReply(NAME, text, "more than " + MAX_HOSTS + " names");
    }
  }

  /**
   * Returns the compact form, of which {@link #expand} makes the same names in the same order.
   *
   * @throws IllegalArgumentException if one is no host name
   */
  public static String compress(Collection<String> names) {
    List<Group> groups = new ArrayList<>();
    for (String name : names) {
      if (!HOST.matcher(name).matches()) {
        throw new IllegalArgumentException("no host name: " + name);
      }
      Group last = groups.isEmpty() ? null : groups.get(groups.size() - 1);
      Matcher m = NUMBERED.matcher(name);
      if (!m.matches()) {
        groups.add(new Group(name));
      } else if (last != null && last.prefix.equals(m.group(1)) && !last.runs.isEmpty()) {
        last.add(m.group(2));
      } else {
        Group group = new Group(m.group(1));
        group.add(m.group(2));
        groups.add(group);
      }
    }
    return String.join(",", groups.stream().map(Group::toString).toList());
  }

  /** Names that stand together and differ in their last number only. */
  private static final class Group {
    private final String prefix;
    private final List<Run> runs = new ArrayList<>();

    Group(String prefix) {
      this.prefix = prefix;
    }

    void add(String digits) {
      Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && last.next().equals(digits)) {
        runs.set(runs.size() - 1, new Run(last.first, digits));
      } else {
        runs.add(new Run(digits, digits));
      }
    }

    @Override
    public String toString() {
      if (runs.isEmpty()) {
        return prefix;
      }
      return runs.size() == 1 && runs.get(0).first.equals(runs.get(0).last)
          ? prefix + runs.get(0)
          : prefix + "[" + String.join(",", runs.stream().map(Run::toString).toList()) + "]";
    }
  }

  private record Run(String first, String last) {
    String next() {
      return padded(Long.parseLong(last) + 1, first.length());
    }

    @Override
    public String toString() {
      return first.equals(last) ? first : first + "-" + last;
    }
  }
}
