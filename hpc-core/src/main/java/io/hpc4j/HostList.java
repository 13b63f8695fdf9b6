package io.hpc4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes node names in the compact form of Slurm: {@code n[1-4,7],login}. Pure. */
final class HostList {
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d{1,9})");

  private HostList() {}

  static String format(Collection<String> names) {
    Map<String, TreeMap<Integer, String>> groups = new LinkedHashMap<>();
    List<String> parts = new ArrayList<>();
    for (String name : names) {
      Matcher m = NUMBERED.matcher(name);
      if (m.matches()) {
        String digits = m.group(2);
        boolean padded = digits.length() > 1 && digits.startsWith("0");
        String group = m.group(1) + "\0" + (padded ? digits.length() : 0);
        groups.computeIfAbsent(group, key -> new TreeMap<>()).put(Integer.parseInt(digits), digits);
      } else {
        parts.add(name);
      }
    }
    List<String> all = new ArrayList<>();
    groups.forEach((group, numbers) -> all.add(format(group, numbers)));
    all.addAll(parts);
    return String.join(",", all);
  }

  private static String format(String group, NavigableMap<Integer, String> numbers) {
    String prefix = group.substring(0, group.indexOf('\0'));
    if (numbers.size() == 1) {
      return prefix + numbers.firstEntry().getValue();
    }
    List<String> ranges = new ArrayList<>();
    Integer first = numbers.firstKey();
    for (Integer number : numbers.keySet()) {
      if (!numbers.containsKey(number + 1)) {
        String last = numbers.get(number);
        ranges.add(number.equals(first) ? last : numbers.get(first) + "-" + last);
        Integer next = numbers.higherKey(number);
        first = next == null ? first : next;
      }
    }
    return prefix + "[" + String.join(",", ranges) + "]";
  }
}
