package io.hpc4j.slurm.query;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a real Slurm printed. Most recordings have other columns than those that we ask for: they
 * are put in our order, what was not recorded gets a plain value, and local times become epoch
 * seconds.
 */
final class Recorded {
  private static final Pattern LOCAL_TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:]{8}");
  private static final String NOON = "1795478400";

  /** A command and what it printed. */
  record Block(String command, int exitStatus, String stdout, String stderr) {}

  private Recorded() {}

  static String text(String name) {
    try (InputStream in =
        Recorded.class.getResourceAsStream("/io/hpc4j/slurm/samples/" + name + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Block> blocks(String name) {
    List<Block> blocks = new ArrayList<>();
    for (String block : text(name).split("(?m)^\\$ ", -1)) {
      int rc = block.indexOf("\n# rc=");
      int out = block.indexOf("# --- stdout\n");
      int err = block.indexOf("# --- stderr\n");
      if (rc >= 0) {
        blocks.add(
            new Block(
                block.substring(0, rc),
                Integer.parseInt(block.substring(rc + 6, block.indexOf('\n', rc + 1))),
                block.substring(out + 13, err),
                block.substring(err + 13)));
      }
    }
    return blocks;
  }

  /** What the first command printed that has this text in it. */
  static Block block(String name, String command) {
    return blocks(name).stream()
        .filter(block -> block.command().contains(command))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no " + command));
  }

  /** Lines of squeue with these columns, in the form of {@link QueueRow#command()}. */
  static String queue(String lines, String columns) {
    return rows(lines, columns, "\\|")
        .map(
            row -> {
              String id = row.getOrDefault("JobArrayID", "");
              boolean waits = row.getOrDefault("State", "").equals("PENDING");
              return String.join(
                  "|",
                  id,
                  row.getOrDefault("JobID", id.replaceAll("[_+].*", "")),
                  row.getOrDefault("State", "RUNNING"),
                  row.getOrDefault("exit_code", "0"),
                  row.getOrDefault("RestartCnt", "0"),
                  row.getOrDefault("SubmitTime", NOON),
                  row.getOrDefault("StartTime", waits ? "N/A" : NOON),
                  row.getOrDefault("EndTime", waits ? "N/A" : NOON),
                  row.getOrDefault("NodeList", waits ? "" : "n1"),
                  row.getOrDefault("Partition", "main"),
                  row.getOrDefault("Reason", "None"));
            })
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** Lines of sacct, the names of the columns first, in the form of {@link AccountingRow}. */
  static String accounting(String lines) {
    int end = lines.indexOf('\n');
    return accounting(lines.substring(end + 1), lines.substring(0, end).replace('|', ' '));
  }

  /** Lines of sacct with these columns, in the form of {@link AccountingRow}. */
  static String accounting(String lines, String columns) {
    return rows(lines, columns, "\\|")
        .map(
            row -> {
              String id = row.getOrDefault("JobID", "");
              boolean waits = row.getOrDefault("State", "").matches("PENDING|RUNNING|SUSPENDED");
              return String.join(
                  "|",
                  id,
                  row.getOrDefault("JobIDRaw", id.replaceAll("[_+][^.]*", "")),
                  row.getOrDefault("State", "RUNNING"),
                  row.getOrDefault("ExitCode", "0:0"),
                  row.getOrDefault("DerivedExitCode", ""),
                  row.getOrDefault("Submit", NOON),
                  row.getOrDefault("Start", waits ? "Unknown" : NOON),
                  row.getOrDefault("End", waits ? "Unknown" : NOON),
                  "alice",
                  row.getOrDefault("NodeList", waits ? "None assigned" : "n1"),
                  "main",
                  row.getOrDefault("ElapsedRaw", "0"),
                  row.getOrDefault("Elapsed", "00:00:00"),
                  row.getOrDefault("MaxRSS", ""),
                  row.getOrDefault("Reason", ""));
            })
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<Map<String, String>> rows(String lines, String columns, String separator) {
    String[] names = columns.split(" ", -1);
    return lines
        .lines()
        .filter(line -> !line.isBlank())
        .map(
            line -> {
              String[] values = line.split(separator, -1);
              Map<String, String> row = new HashMap<>();
              for (int i = 0; i < names.length; i++) {
                row.put(names[i], epoch(values[i]));
              }
              return row;
            });
  }

  private static String epoch(String value) {
    return LOCAL_TIME.matcher(value).matches()
        ? "" + LocalDateTime.parse(value).toEpochSecond(ZoneOffset.UTC)
        : value;
  }
}
