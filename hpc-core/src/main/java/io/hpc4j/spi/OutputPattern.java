package io.hpc4j.spi;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Logs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The names of a job's output files: a pattern with its placeholders, completed where it would let
 * two tasks of the job write the same file. Immutable.
 *
 * <p>{@code %x} is the job's name as far as it is of letters, digits and {@code _.+@=-}, {@code %j}
 * and {@code %A} the token, {@code %a} the element's index, {@code %t} the attempt, {@code %n} the
 * task's index, {@code %N} its node, {@code %%} a percent sign.
 */
public final class OutputPattern {
  private static final String NOWHERE = "/dev/null";
  private static final Pattern UNSAFE = Pattern.compile("[^\\w.+@=-]");

  private final List<Part> parts = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  /**
   * Reads the pattern of a stream of a job, or the standard one where the job has none.
   *
   * @param tasks how many tasks the job has
   */
  public OutputPattern(JobId id, JobRequest request, Logs.Stream stream, int tasks) {
    String pattern = patternOf(request, stream);
    boolean nowhere = pattern.equals(NOWHERE);
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%' && i + 1 < pattern.length()) {
        i++;
        placeholder(pattern.charAt(i), id, request);
      } else {
        text.append(c);
      }
    }
    if (request.isArray() && !nowhere && !parts.contains(Late.INDEX)) {
      text.append('_');
      add(Late.INDEX);
    }
    if (!nowhere && !parts.contains(Late.ATTEMPT)) {
      add(Late.AGAIN);
    }
    if (tasks > 1 && !nowhere && !parts.contains(Late.TASK)) {
      text.append(".task");
      add(Late.TASK);
    }
    parts.add(new Text(text.toString()));
  }

  /** A piece of a file's name. */
  public sealed interface Part permits Text, Late {}

  /**
   * What is known of the name at once.
   *
   * @param value the characters
   */
  public record Text(String value) implements Part {
    /** Checks for {@code null}. */
    public Text {
      Objects.requireNonNull(value, "value");
    }
  }

  /** What is known of the name only when a task starts. */
  public enum Late implements Part {
    /** The element's index; 0 outside an array. */
    INDEX,
    /** The attempt. */
    ATTEMPT,
    /** Nothing in the first attempt, {@code .attempt} with its number in the others. */
    AGAIN,
    /** The task's index. */
    TASK,
    /** The name of the task's node. */
    NODE
  }

  private static String patternOf(JobRequest request, Logs.Stream stream) {
    String standard = request.isArray() ? "hpc4j-%x-%j_%a.out" : "hpc4j-%x-%j.out";
    return stream == Logs.Stream.STDOUT
        ? request.effective().stdout().orElse(standard)
        : request.effective().stderr().orElse(standard);
  }

  private void placeholder(char c, JobId id, JobRequest request) {
    switch (c) {
      case 'x' -> text.append(UNSAFE.matcher(request.effective().name()).replaceAll("_"));
      case 'j', 'A' -> text.append(id.token());
      case 'a' -> add(Late.INDEX);
      case 't' -> add(Late.ATTEMPT);
      case 'n' -> add(Late.TASK);
      case 'N' -> add(Late.NODE);
      default -> text.append(c);
    }
  }

  private void add(Late late) {
    parts.add(new Text(text.toString()));
    text.setLength(0);
    parts.add(late);
  }

  /** Returns the file's name, relative or absolute, with each part written so. */
  public String write(Function<Text, String> known, Function<Late, String> late) {
    return parts.stream()
        .map(part -> part instanceof Text t ? known.apply(t) : late.apply((Late) part))
        .collect(Collectors.joining());
  }
}
