package io.hpc4j.slurm;

import io.hpc4j.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds everything that is wrong with options, without asking Slurm. */
final class OptionProblems {
  private static final Pattern WORD = Pattern.compile("[^\\s\\p{Cntrl},]{1,255}");
  private static final Pattern WORDS = Pattern.compile("[^\\s\\p{Cntrl}]{1,1024}");
  private static final Pattern TEXT = Pattern.compile("[^\\p{Cntrl}]{1,1024}");
  private static final Pattern LICENCE = Pattern.compile("[A-Za-z0-9_.@/-]+");
  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final Pattern GRES = Pattern.compile("[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)?");

  /** Whose values may be private. */
  private static final Set<String> PRIVATE = Set.of("comment", "mail");

  /** What Slurm takes; the numbers beyond it have meanings of their own. */
  private static final int MAX_NICE = 2_147_483_645;

  private final List<Problem> found = new ArrayList<>();

  private OptionProblems() {}

  static List<Problem> of(SlurmOptions options) {
    OptionProblems problems = new OptionProblems();
    problems.check(options);
    return List.copyOf(problems.found);
  }

  private void check(SlurmOptions o) {
    check("account", o.account(), WORD, "must be one word");
    check("qos", o.qos(), WORD, "must be one word");
    check("partition", o.partition(), WORDS, "must not hold blanks");
    check("reservation", o.reservation(), WORDS, "must not hold blanks");
    check("constraint", o.constraint(), WORDS, "must not hold blanks");
    check("comment", o.comment(), TEXT, "must be one line of at most 1024 characters");
    check("gpuType", o.gpuType(), TYPE, "must be of A-Z a-z 0-9 _ . -");
    check("mail", o.mailUser(), WORDS, "must be an address or a user");
    check("licences", o.licences(), LICENCE, "must be of A-Z a-z 0-9 _ . @ / -");
    check("gres", o.gres(), GRES, "must be a name or name:type");
    o.gres().keySet().stream()
        .filter(name -> name.equals("gpu") || name.startsWith("gpu:"))
        .forEach(name -> add("gres", name, "ask for GPUs by resources.gpus and their gpuType"));
    o.nice().stream()
        .filter(nice -> Math.abs((long) nice) > MAX_NICE)
        .forEach(nice -> add("nice", nice, "must be within -" + MAX_NICE + ".." + MAX_NICE));
    o.mailUser()
        .filter(user -> o.mailTypes().isEmpty())
        .ifPresent(user -> add("mail", "...", "say on which occasions"));
    o.raw()
        .forEach(
            argument ->
                RawArguments.problem(argument)
                    .ifPresent(rule -> add("raw", RawArguments.name(argument), rule)));
  }

  private void check(String field, Optional<String> value, Pattern allowed, String rule) {
    value
        .filter(text -> text.isBlank() || !allowed.matcher(text).matches())
        .ifPresent(text -> add(field, PRIVATE.contains(field) ? "..." : text, rule));
  }

  private void check(String field, Map<String, Integer> counts, Pattern name, String rule) {
    counts.forEach(
        (key, count) -> {
          check(field, Optional.of(key), name, rule);
          if (count < 1) {
            add(field, key + "=" + count, "must be at least 1");
          }
        });
  }

  private void add(String field, Object value, String rule) {
    found.add(Problem.of("options." + SlurmOptions.BACKEND + "." + field, value, rule));
  }
}
