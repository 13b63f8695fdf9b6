package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.slurm.query.AccountingRow;
import io.hpc4j.slurm.query.NameRow;
import io.hpc4j.slurm.query.QueueRow;
import io.hpc4j.slurm.query.SlurmError;
import io.hpc4j.slurm.query.SubmitReply;
import io.hpc4j.slurm.query.TaskSet;
import io.hpc4j.slurm.query.UnreadableReply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Slurm's commands, and how often each was run. Thread-safe. */
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final Map<String, String> OF_QUERIES =
      Map.of("SLURM_TIME_FORMAT", "%s", "SLURM_BITSTR_LEN", "0", "LC_ALL", "C.UTF-8");

  private final CommandRunner runner;
  private final Map<String, String> environment;
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private volatile Duration limit;

  /** A command that Slurm has answered with an error. */
  static final class Refused extends BackendException {
    private static final long serialVersionUID = 1L;
    private final transient SlurmError error;

    Refused(String command, SlurmError error) {
      super(command + ": " + error.message(), null);
      this.error = error;
    }

    SlurmError.Kind kind() {
      return error.kind();
    }
  }

  Commands(CommandRunner runner, Map<String, String> environment, Duration limit) {
    this.runner = runner;
    this.environment = Map.copyOf(environment);
    this.limit = limit;
  }

  /** Sets how long a command may take, which has to be longer than Slurm's own patience. */
  void limit(Duration value) {
    limit = value;
  }

  /** How often each command was run, for tests of what polling costs. */
  Map<String, Integer> counts() {
    Map<String, Integer> all = new HashMap<>();
    counts.forEach((command, count) -> all.put(command, count.get()));
    return all;
  }

  // ---- questions

  List<QueueRow> queue() {
    return ask(QueueRow.command(), QueueRow::parse);
  }

  /** The records of some jobs; asked in one call, unless there are very many. */
  List<AccountingRow> accounting(Collection<String> ids, Instant submitted) {
    List<AccountingRow> rows = new ArrayList<>();
    for (List<String> some : Arguments.split(ids)) {
      rows.addAll(ask(AccountingRow.command(some, submitted), AccountingRow::parse));
    }
    return rows;
  }

  List<AccountingRow> accounting(String name, Instant submitted) {
    return ask(AccountingRow.find(name, submitted), AccountingRow::parse);
  }

  List<TaskSet> named(String name) {
    return ask(NameRow.find(name), NameRow::ids);
  }

  List<NameRow> names() {
    return ask(NameRow.command(), NameRow::parse);
  }

  /** The names of a job and its tasks in the accounts. */
  List<NameRow> accountedNames(String jobId) {
    return ask(NameRow.accounted(jobId), NameRow::parse);
  }

  /**
   * Asks something.
   *
   * @throws Refused if the command failed
   * @throws BackendException if it could not be run
   */
  <T> T ask(List<String> command, Function<String, T> parser) {
    CommandResult result;
    try {
      result = run(command, OF_QUERIES, "");
    } catch (IOException e) {
      throw new BackendException("cannot run " + command.get(0) + ": " + e.getMessage(), e);
    }
    if (!result.succeeded()) {
      throw refused(command, result);
    }
    return parser.apply(result.output());
  }

  // ---- orders

  /**
   * Submits a script.
   *
   * @throws Refused if it was not submitted
   * @throws BackendException if that is not known
   */
  String submit(List<String> command, Map<String, String> variables, String script) {
    try {
      CommandResult result = run(command, variables, script);
      if (!result.succeeded()) {
        Refused refused = refused(command, result);
        throw refused.kind() == SlurmError.Kind.OUTCOME_UNKNOWN
            ? BackendException.outcomeUnknown(String.valueOf(refused.getMessage()), refused)
            : refused;
      }
      return SubmitReply.parse(result.output()).jobId();
    } catch (UnreadableReply e) {
      throw BackendException.outcomeUnknown(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw isThere(e)
          ? BackendException.outcomeUnknown("it is not known what sbatch has done: " + e, e)
          : new BackendException("cannot run sbatch: " + e.getMessage(), e);
    }
  }

  /** Whether the program was started at all. */
  private static boolean isThere(IOException e) {
    return !String.valueOf(e.getMessage()).startsWith("Cannot run program");
  }

  /** Orders something that is no harm to order twice; what has ended meanwhile is no error. */
  void order(String command, List<String> options, List<String> ids) {
    for (List<String> some : Arguments.split(ids)) {
      try {
        String unused = ask(joined(command, options, some), output -> output);
      } catch (Refused e) {
        if (e.kind() != SlurmError.Kind.ENDED && e.kind() != SlurmError.Kind.NOT_FOUND) {
          throw e;
        }
      }
    }
  }

  /** Orders something that need not succeed for what comes next. */
  void tell(String command, List<String> options, List<String> ids) {
    try {
      order(command, options, ids);
    } catch (BackendException e) {
      LOG.debug("{} has not done as told", command, e);
    }
  }

  private static List<String> joined(String command, List<String> options, List<String> ids) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(options);
    all.addAll(ids);
    return all;
  }

  private CommandResult run(List<String> command, Map<String, String> variables, String input)
      throws IOException {
    counts.computeIfAbsent(command.get(0), name -> new AtomicInteger()).incrementAndGet();
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(environment);
    return runner.run(command, all, input, limit);
  }

  private static Refused refused(List<String> command, CommandResult result) {
    return new Refused(
        command.get(0), SlurmError.of(command.get(0), result.status(), result.errors()));
  }
}
