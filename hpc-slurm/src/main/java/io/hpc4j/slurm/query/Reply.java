package io.hpc4j.slurm.query;

import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One line of a command's reply, cut into fields that are separated by {@code |}. */
final class Reply {
  private static final Pattern RAW_ID = Pattern.compile("[1-9]\\d{0,9}");

  private final String command;
  private final String line;
  private final String[] fields;

  private Reply(String command, String line, String[] fields) {
    this.command = command;
    this.line = line;
    this.fields = fields;
  }

  /** Reads each line that is not blank. The last field may hold the separator, no other can. */
  static <T> List<T> rows(String command, String text, int fields, Function<Reply, T> row) {
    return lines(text).map(line -> row.apply(of(command, line, fields))).toList();
  }

  static Stream<String> lines(String text) {
    return text.lines().filter(line -> !line.isBlank());
  }

  static Reply of(String command, String line, int count) {
    String[] fields = new String[count];
    int from = 0;
    for (int i = 0; i < count - 1; i++) {
      int bar = line.indexOf('|', from);
      if (bar < 0) {
        throw new UnreadableReply(
            command, line, "it has " + (i + 1) + " fields of " + count + " separated by |");
      }
      fields[i] = line.substring(from, bar);
      from = bar + 1;
    }
    fields[count - 1] = line.substring(from);
    return new Reply(command, line, fields);
  }

  String text(int field) {
    return fields[field];
  }

  TaskSet tasks(int field) {
    return TaskSet.parse(text(field)).orElseThrow(() -> unreadable("no job id: " + text(field)));
  }

  /** The controller's own id of a job or task; of a job that is no array it is the job's id. */
  String rawId(int field, TaskSet of) {
    String raw = text(field);
    boolean isJob = of.isPlain() && of.jobId().indexOf('+') < 0;
    if (!RAW_ID.matcher(raw).matches() || (isJob && !raw.equals(of.jobId()))) {
      throw unreadable("not the raw id of " + of + ": " + raw);
    }
    return raw;
  }

  UnreadableReply unreadable(String why) {
    return new UnreadableReply(command, line, why);
  }
}
