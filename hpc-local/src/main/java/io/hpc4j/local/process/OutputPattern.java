package io.hpc4j.local.process;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Logs;
import java.util.regex.Pattern;

/**
 * The names of output files: a pattern with its placeholders replaced, and completed where it would
 * let two tasks of a job write the same file. Pure.
 */
final class OutputPattern {
  private static final String NOWHERE = "/dev/null";
  private static final Pattern UNSAFE = Pattern.compile("[^\\w.+@=-]");

  private OutputPattern() {}

  /** Returns the file name, relative or absolute, of a task's stream. */
  static String resolve(Execution task, Logs.Stream stream, int tasks) {
    JobRequest request = task.request();
    String pattern = patternOf(request, stream);
    if (pattern.equals(NOWHERE)) {
      return pattern;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%' && i + 1 < pattern.length()) {
        i++;
        out.append(replacement(pattern.charAt(i), task));
      } else {
        out.append(c);
      }
    }
    if (request.isArray() && !has(pattern, 'a')) {
      out.append('_').append(task.id().index().orElse(0));
    }
    if (task.attempt() > 1 && !has(pattern, 't')) {
      out.append(".attempt").append(task.attempt());
    }
    if (tasks > 1 && !has(pattern, 'n')) {
      out.append(".task").append(task.taskIndex());
    }
    return out.toString();
  }

  private static String patternOf(JobRequest request, Logs.Stream stream) {
    String standard = request.isArray() ? "hpc4j-%x-%j_%a.out" : "hpc4j-%x-%j.out";
    return stream == Logs.Stream.STDOUT
        ? request.effective().stdout().orElse(standard)
        : request.effective().stderr().orElse(standard);
  }

  private static boolean has(String pattern, char placeholder) {
    return pattern.replace("%%", "").indexOf("%" + placeholder) >= 0;
  }

  private static String replacement(char placeholder, Execution task) {
    return switch (placeholder) {
      case 'x' -> UNSAFE.matcher(task.request().effective().name()).replaceAll("_");
      case 'j', 'A' -> task.id().token();
      case 'a' -> String.valueOf(task.id().index().orElse(0));
      case 't' -> String.valueOf(task.attempt());
      case 'n' -> String.valueOf(task.taskIndex());
      case 'N' -> task.nodeNames().get(task.nodeIndex());
      default -> String.valueOf(placeholder);
    };
  }
}
