package io.hpc4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows under headings, as text for a terminal and as Markdown; not thread-safe. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  Table row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "a row of this table has " + rows.get(0).size() + " cells");
    }
    rows.add(List.of(cells));
    return this;
  }

  String text() {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining());
  }

  /** The first column stands at the left, the others, which are figures, at the right. */
  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String blanks = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? row.get(i) + blanks : "  " + blanks + row.get(i));
    }
    return line.toString().stripTrailing() + "\n";
  }

  String markdown() {
    List<String> lines = new ArrayList<>();
    rows.forEach(row -> lines.add("| " + String.join(" | ", row) + " |\n"));
    lines.add(1, "|---" + "|--:".repeat(rows.get(0).size() - 1) + "|\n");
    return String.join("", lines);
  }
}
