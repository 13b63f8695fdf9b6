package io.hpc4j.benchmarks;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a suite has found.
 *
 * @param title what was measured, in some words
 * @param figures the figures
 * @param goals what they should be
 * @param notes what else one has to know: who did not take part, and why
 */
record Report(String title, Table figures, List<Goal> goals, List<String> notes) {
  private Table goalTable() {
    Table table = new Table("goal", "wanted", "is", "met");
    goals.forEach(
        goal ->
            table.row(
                goal.what(), goal.wanted(), Numbers.of(goal.value()), goal.met() ? "yes" : "no"));
    return table;
  }

  String text() {
    return title
        + "\n\n"
        + figures.text()
        + "\n"
        + goalTable().text()
        + notes.stream().map(note -> "note: " + note + "\n").collect(Collectors.joining());
  }

  String markdown() {
    return "### "
        + title
        + "\n\n"
        + figures.markdown()
        + "\n"
        + goalTable().markdown()
        + notes.stream().map(note -> "\n" + note + "\n").collect(Collectors.joining());
  }
}
