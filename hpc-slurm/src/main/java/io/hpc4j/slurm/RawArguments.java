package io.hpc4j.slurm;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which arguments for sbatch a user may add. One that has a place elsewhere would be said twice,
 * and which of the two counts would depend on their order.
 *
 * <p>Long options alone, each with its value in the same argument: where an option and its value
 * are two arguments, what follows an option without one would be taken for the script's name.
 */
final class RawArguments {
  private static final Pattern LONG = Pattern.compile("--([A-Za-z0-9-]+)(?:=.*)?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("--[A-Za-z0-9-]*|-[A-Za-z]");
  private static final Pattern SHORT = Pattern.compile("-([A-Za-z]).*", Pattern.DOTALL);

  /** The place of each option that has one. */
  private static final Map<String, String> OWNED = new TreeMap<>();

  private static final Map<Character, String> LETTERS =
      Map.ofEntries(
          Map.entry('A', "account"),
          Map.entry('a', "array"),
          Map.entry('b', "begin"),
          Map.entry('C', "constraint"),
          Map.entry('c', "cpus-per-task"),
          Map.entry('D', "chdir"),
          Map.entry('d', "dependency"),
          Map.entry('e', "error"),
          Map.entry('G', "gpus"),
          Map.entry('H', "hold"),
          Map.entry('h', "help"),
          Map.entry('i', "input"),
          Map.entry('J', "job-name"),
          Map.entry('L', "licenses"),
          Map.entry('M', "clusters"),
          Map.entry('m', "distribution"),
          Map.entry('N', "nodes"),
          Map.entry('n', "ntasks"),
          Map.entry('o', "output"),
          Map.entry('p', "partition"),
          Map.entry('Q', "quiet"),
          Map.entry('q', "qos"),
          Map.entry('s', "oversubscribe"),
          Map.entry('t', "time"),
          Map.entry('V', "version"),
          Map.entry('v', "verbose"),
          Map.entry('W', "wait"));

  static {
    put("the request's name", "job-name");
    put("the request's output", "output", "error", "input", "open-mode");
    put("the request's workingDirectory", "chdir", "workdir");
    put("the request's array", "array");
    put("the request's dependencies", "dependency", "kill-on-invalid-dep");
    put("the request's resources", "nodes", "ntasks", "ntasks-per-node", "cpus-per-task");
    put("the request's resources", "mem", "mem-per-cpu", "mem-per-gpu");
    put("the request's resources", "gpus", "gpus-per-node", "gpus-per-socket", "gpus-per-task");
    put("the request's resources", "tasks-per-node", "ntasks-per-gpu", "cpus-per-gpu");
    put("the request's resources", "mincpus", "tres-per-task");
    put("the backend, which numbers the tasks", "distribution");
    put("the request's environment", "export", "export-file", "get-user-env");
    put("the request's timeout", "time", "time-min");
    put("the request's warning before the end", "signal");
    put("the request's retry policy", "requeue", "no-requeue");
    put("the request's hold, begin and deadline", "hold", "begin", "deadline");
    put("the request's priority or SlurmOptions.nice", "priority", "nice");
    put("SlurmOptions.account", "account");
    put("SlurmOptions.qos", "qos");
    put("SlurmOptions.partition", "partition");
    put("SlurmOptions.reservation", "reservation");
    put("SlurmOptions.licence", "licenses");
    put("SlurmOptions.constraint", "constraint");
    put("SlurmOptions.exclusive", "exclusive", "oversubscribe", "share");
    put("SlurmOptions.comment", "comment");
    put("SlurmOptions.gres", "gres");
    put("SlurmOptions.mail", "mail-type", "mail-user");
    put("the backend", "clusters", "cluster", "parsable", "wrap", "test-only", "wait", "quiet");
    put("the backend", "verbose", "help", "usage", "version", "uid", "gid");
  }

  private RawArguments() {}

  private static void put(String place, String... options) {
    for (String option : options) {
      OWNED.put(option, place);
    }
  }

  /** What is wrong with an argument. Slurm takes the start of an option's name for the whole. */
  static Optional<String> problem(String argument) {
    Matcher letter = SHORT.matcher(argument);
    if (letter.matches()) {
      return Optional.of(
          Optional.ofNullable(LETTERS.get(letter.group(1).charAt(0)))
              .map(RawArguments::owned)
              .orElse("must be a long option, --name or --name=value"));
    }
    Matcher option = LONG.matcher(argument);
    if (!option.matches() || argument.indexOf('\0') >= 0) {
      return Optional.of("must be a long option, --name or --name=value");
    }
    return OWNED.keySet().stream()
        .filter(owned -> owned.startsWith(option.group(1)))
        .findFirst()
        .map(RawArguments::owned);
  }

  private static String owned(String option) {
    return "is --" + option + ", which is up to " + OWNED.get(option);
  }

  /** The option's name, without its value; what has no name may be a value. */
  static String name(String argument) {
    Matcher name = NAME.matcher(argument);
    return name.lookingAt() ? name.group() : "...";
  }
}
