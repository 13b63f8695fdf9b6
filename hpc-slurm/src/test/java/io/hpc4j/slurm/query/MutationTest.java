package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Recorded replies with random damage: {@code -Dhpc4j.mutations} of each kind of reply.
 *
 * <p>A damaged reply is read or refused; nothing else happens. Success is never read from damage:
 * one byte of damage makes no job of the recording succeed that has not, and after any damage each
 * success stands in a whole line that says COMPLETED, status zero and this id. More cannot be
 * asserted: damage that joins the start of one line to the end of another may write such a line,
 * and no reader can tell it from a true one.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS) // for a million by hand
class MutationTest {
  private static final int COUNT = Integer.getInteger("hpc4j.mutations", 4000);
  private static final int SEED = 20261125;
  private static final String ALPHABET = "0123456789|_[]-,:%.+\nCOMPLETEDRUNNINGFAILED \t\0é";

  private static final Pattern COMPLETED_IN_QUEUE =
      Pattern.compile(
          "([^|\\s]+)\\|\\d+\\|COMPLETED( [^|]*)?\\|0+\\|\\d+\\|[^|]*\\|[^|]*\\|[^|]*\\|.*");
  private static final Pattern COMPLETED_IN_ACCOUNTING =
      Pattern.compile("([^|\\s]+)\\|\\d+\\|COMPLETED( [^|]*)?\\|0+:0+\\|([^|]*\\|){10}.*");

  private static final String QUEUE =
      Recorded.text("squeue")
          + Recorded.queue(
              Recorded.block("07-array", "%F").stdout(),
              "JobArrayID _ _ JobID State Reason NodeList");
  private static final String ACCOUNTING =
      Recorded.text("sacct")
          + Recorded.accounting(Recorded.block("07-array-sacct-later", "sacct").stdout())
              .replace("\n26_", "\n126_")
              .replaceFirst("^26_", "126_");

  /** What a reply says of each job or task: of several attempts the last counts. */
  private record Reading(Map<String, JobState> states) {
    Set<String> succeeded() {
      return states.entrySet().stream()
          .filter(e -> e.getValue() == JobState.SUCCEEDED)
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  private static Reading queue(String text) {
    Map<String, JobState> states = new LinkedHashMap<>();
    for (QueueRow row : QueueRow.parse(text)) {
      row.verdict().state().ifPresent(state -> put(states, row.id(), state));
    }
    return new Reading(states);
  }

  private static Reading accounting(String text) {
    Map<String, JobState> states = new LinkedHashMap<>();
    for (AccountingRow row : AccountingRow.parse(text)) {
      row.verdict().state().ifPresent(state -> put(states, row.id(), state));
    }
    return new Reading(states);
  }

  private static void put(Map<String, JobState> states, TaskSet id, JobState state) {
    if (id.isPlain()) {
      states.put(id.jobId(), state);
    } else {
      id.tasks().forEach(task -> states.put(id.jobId() + "_" + task, state));
    }
  }

  @Test
  void one_damaged_byte_in_squeue_s_reply_makes_no_job_succeed() {
    oneByte(QUEUE, MutationTest::queue);
  }

  @Test
  void one_damaged_byte_in_sacct_s_reply_makes_no_job_succeed() {
    oneByte(ACCOUNTING, MutationTest::accounting);
  }

  private static void oneByte(String sample, Function<String, Reading> parser) {
    Reading before = parser.apply(sample);
    Set<String> bad = new HashSet<>(before.states().keySet());
    bad.removeAll(before.succeeded());
    assertThat(before.succeeded()).hasSizeGreaterThan(5);
    assertThat(bad).hasSizeGreaterThan(20);

    for (int i = 0; i < COUNT; i++) {
      Random random = new Random(SEED + i);
      String mutated = damageByte(sample, random);
      Reading after = readOrRefused(mutated, parser);
      assertThat(Collections.disjoint(after.succeeded(), bad))
          .as(() -> "success in:\n" + mutated)
          .isTrue();
    }
  }

  @Test
  void after_any_damage_success_stands_in_a_whole_line_of_squeue_s_reply() {
    anyDamage(QUEUE, MutationTest::queue, COMPLETED_IN_QUEUE);
  }

  @Test
  void after_any_damage_success_stands_in_a_whole_line_of_sacct_s_reply() {
    anyDamage(ACCOUNTING, MutationTest::accounting, COMPLETED_IN_ACCOUNTING);
  }

  private static void anyDamage(String sample, Function<String, Reading> parser, Pattern whole) {
    int read = 0;
    int forged = 0;
    Set<String> succeededBefore = parser.apply(sample).succeeded();
    for (int i = 0; i < COUNT; i++) {
      Random random = new Random(SEED + i);
      String mutated = damage(sample, random);
      Reading after = readOrRefused(mutated, parser);
      read += after.states().isEmpty() ? 0 : 1;
      Set<String> said = new HashSet<>();
      mutated
          .lines()
          .map(whole::matcher)
          .filter(m -> m.matches())
          .flatMap(m -> TaskSet.parse(m.group(1)).stream())
          .forEach(id -> addAll(said, id));
      Set<String> unsaid = new HashSet<>(after.succeeded());
      unsaid.removeAll(said);
      assertThat(unsaid).as(() -> "succeeded in:\n" + mutated).isEmpty();
      forged += succeededBefore.containsAll(after.succeeded()) ? 0 : 1;
    }
    System.out.printf(
        "%d damaged replies: %d read, %d refused; %d with a completed line that damage wrote%n",
        COUNT, read, COUNT - read, forged);
    assertThat(read).isPositive();
  }

  private static void addAll(Set<String> said, TaskSet id) {
    Map<String, JobState> states = new LinkedHashMap<>();
    put(states, id, JobState.SUCCEEDED);
    said.addAll(states.keySet());
  }

  @Test
  void whole_lines_in_another_order_or_twice_say_the_same() {
    for (int i = 0; i < Math.min(COUNT, 1000); i++) {
      Random random = new Random(SEED + i);
      List<String> lines = new ArrayList<>(QUEUE.lines().toList());
      lines.add(lines.get(random.nextInt(lines.size())));
      Collections.shuffle(lines, random);

      assertThat(queue(String.join("\n", lines)).states()).isEqualTo(queue(QUEUE).states());
    }
  }

  @Test
  void other_damaged_replies_are_read_or_refused() {
    Map<String, Consumer<String>> parsers =
        Map.of(
            "scontrol show config",
            text -> {
              SlurmConfig config = SlurmConfig.parse(text);
              config.maxArraySize();
              config.maxScriptSize();
              config.minJobAge();
              config.defaultMemoryPerCpu();
            },
            "scontrol show partition",
            PartitionRow::parse,
            "sinfo",
            text -> NodeRow.parse(text).forEach(NodeRow::nodeState),
            "sshare",
            ShareRow::parse,
            "sbatch",
            SubmitReply::parse,
            "squeue of names",
            NameRow::parse,
            "squeue of ids",
            NameRow::ids,
            "exit record",
            ExitRecord::parse,
            "host list",
            HostList::expand,
            "error",
            text -> SlurmError.of("sbatch", 1, text));
    Map<String, String> samples =
        Map.of(
            "scontrol show config",
            Recorded.block("01-version", "config").stdout(),
            "scontrol show partition",
            Recorded.text("partition"),
            "sinfo",
            Recorded.text("sinfo"),
            "sshare",
            Recorded.text("sshare"),
            "sbatch",
            "Welcome, 93% used\n1934;emu\n",
            "squeue of names",
            "99|COMPLETED|new\nline|99\n12|RUNNING|h4jabc-x|12\n",
            "squeue of ids",
            "1956\n20_[0-3,7%2]\n",
            "exit record",
            "v1 27 2 137 1795578707 1795578708\n",
            "host list",
            "compute-b2[1-3,005-006,8],compute-a1,n[1-2]c[1-2]",
            "error",
            Recorded.block("73-munge-down", "sbatch").stderr());

    parsers.forEach(
        (name, parser) -> {
          String sample = samples.getOrDefault(name, "");
          parser.accept(sample);
          for (int i = 0; i < COUNT / 4; i++) {
            String mutated = damage(sample, new Random(SEED + i));
            try {
              parser.accept(mutated);
            } catch (UnreadableReply e) {
              assertThat(e.getMessage()).hasSizeLessThan(900).doesNotContain("\n");
            } catch (RuntimeException e) {
              throw new AssertionError(name + " of:\n" + mutated, e);
            }
          }
        });
  }

  private static Reading readOrRefused(String text, Function<String, Reading> parser) {
    try {
      return parser.apply(text);
    } catch (UnreadableReply e) {
      assertThat(e.getMessage()).hasSizeLessThan(900).doesNotContain("\n");
      return new Reading(Map.of());
    } catch (RuntimeException e) {
      throw new AssertionError("of:\n" + text, e);
    }
  }

  /** Changes, adds, drops or swaps one byte. */
  private static String damageByte(String text, Random random) {
    StringBuilder out = new StringBuilder(text);
    int at = random.nextInt(text.length() - 1);
    char other = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
    switch (random.nextInt(5)) {
      case 0 -> out.setCharAt(at, (char) (out.charAt(at) ^ (1 << random.nextInt(8))));
      case 1 -> out.setCharAt(at, other);
      case 2 -> out.insert(at, other);
      case 3 -> out.deleteCharAt(at);
      default -> {
        char first = out.charAt(at);
        out.setCharAt(at, out.charAt(at + 1));
        out.setCharAt(at + 1, first);
      }
    }
    return out.toString();
  }

  /** One to four pieces of damage: of bytes, of lines, of stretches of text. */
  private static String damage(String text, Random random) {
    String out = text;
    for (int i = random.nextInt(4); i >= 0 && out.length() > 2; i--) {
      out = damageOnce(out, random);
    }
    return out;
  }

  private static String damageOnce(String text, Random random) {
    int from = random.nextInt(text.length());
    int to = Math.min(text.length(), from + 1 + random.nextInt(120));
    int at = random.nextInt(text.length());
    return switch (random.nextInt(8)) {
      case 0 -> text.substring(0, from);
      case 1 -> text.substring(from);
      case 2 -> text.substring(0, from) + text.substring(to);
      case 3 -> text.substring(0, at) + text.substring(from, to) + text.substring(at);
      case 4 -> swapLines(text, random);
      default -> damageByte(text, random);
    };
  }

  private static String swapLines(String text, Random random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (lines.isEmpty()) {
      return text;
    }
    Collections.swap(lines, random.nextInt(lines.size()), random.nextInt(lines.size()));
    return IntStream.range(0, lines.size())
        .mapToObj(i -> lines.get(i) + "\n")
        .collect(Collectors.joining());
  }
}
