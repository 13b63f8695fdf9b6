package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.slurm.query.TaskSet;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A small model of Slurm's controller and its accounts, asked by Slurm's commands. Nothing moves by
 * itself: a test says what starts and how it ends. Strict: a command that it does not know is an
 * {@link AssertionError}. What goes wrong is said per command, once for each call.
 */
final class ScriptedSlurm implements CommandRunner {
  /** What sbatch was told. */
  record Sent(String id, List<String> arguments, Map<String, String> variables, String script) {
    String value(String option) {
      return values(option).findFirst().orElseThrow();
    }

    boolean has(String option) {
      return arguments.contains(option) || values(option).findAny().isPresent();
    }

    private Stream<String> values(String option) {
      String start = option + "=";
      return arguments.stream()
          .filter(a -> a.startsWith(start))
          .map(a -> a.substring(start.length()));
    }
  }

  /** What goes wrong with one call. */
  @FunctionalInterface
  interface Fault {
    CommandResult apply(Answer real) throws IOException;
  }

  /** What the command would do. */
  interface Answer {
    CommandResult get();
  }

  /** It did its work, and nobody was told. */
  static final Fault REPLY_LOST =
      real -> {
        CommandResult unused = real.get();
        return error("sbatch: error: Batch job submission failed: Socket timed out on send/recv");
      };

  /** It never arrived, which looks just the same. */
  static final Fault NEVER_ARRIVED =
      real -> error("sbatch: error: Batch job submission failed: Socket timed out on send/recv");

  /** It did its work, and was killed before it said so. */
  static final Fault TIMED_OUT =
      real -> {
        CommandResult unused = real.get();
        throw new IOException("it did not end within PT40S");
      };

  static final Fault UNREACHABLE =
      real -> error("slurm_load_jobs error: Unable to contact slurm controller (connect failure)");

  static final Fault BUSY =
      real ->
          error(
              "sbatch: error: AssocMaxSubmitJobLimit\nsbatch: error: Batch job submission failed:"
                  + " Job violates accounting/QOS policy (job submit limit, user's size)");

  static final Fault REFUSED = refused("Invalid qos specification");

  /** The controller says no. */
  static Fault refused(String words) {
    return real -> error("sbatch: error: Batch job submission failed: " + words);
  }

  /** A task of an array, or a job that is none. */
  static final class NativeTask {
    final String jobId;
    final int index; // -1 outside an array
    final String name;
    Instant submitted;
    String state = "PENDING";
    String reason = "Priority";
    int status;
    int restarts;
    String nodes = "n1";
    Instant started = Instant.MIN;
    Instant ended = Instant.MIN;
    boolean purged;
    boolean unaccounted;

    NativeTask(String jobId, int index, String name, Instant submitted) {
      this.jobId = jobId;
      this.index = index;
      this.name = name;
      this.submitted = submitted;
    }

    String id() {
      return index < 0 ? jobId : jobId + "_" + index;
    }

    boolean hasEnded() {
      return ended.isAfter(Instant.MIN);
    }

    private boolean isPending() {
      return state.equals("PENDING");
    }
  }

  private final InstantSource time;
  private final Map<String, NativeTask> tasks = new LinkedHashMap<>();
  private final Map<String, Deque<Fault>> faults = new HashMap<>();
  private final Map<String, Fault> lasting = new LinkedHashMap<>();
  private final List<String> records = new ArrayList<>(); // of sacct, besides those of tasks
  final List<Sent> sent = new ArrayList<>();
  final List<List<String>> orders = new ArrayList<>(); // scancel and scontrol hold, release
  final List<List<String>> questions = new ArrayList<>(); // squeue and sacct
  Duration minJobAge = Duration.ofMinutes(5);
  boolean accounting = true;
  int maxArraySize = 1001;
  String schedulerParameters = "(null)";
  int mostTasks = Integer.MAX_VALUE;
  String noise = "";
  String version = "22.05.8";
  int nextId = 100;
  private String partitions = "";

  ScriptedSlurm(InstantSource time) {
    this.time = time;
  }

  // ---- what a test does

  /** Makes the next calls of a command go wrong, one each. */
  void fail(String command, Fault... next) {
    faults.computeIfAbsent(command, c -> new ArrayDeque<>()).addAll(List.of(next));
  }

  /** Makes all calls go wrong whose words begin so. */
  void failAlways(String words, Fault fault) {
    lasting.put(words, fault);
  }

  /** Lets everything go well from now on. */
  void heal() {
    faults.clear();
    lasting.clear();
  }

  int calls(String command) {
    return (int) questions.stream().filter(q -> q.get(0).equals(command)).count();
  }

  NativeTask task(String id) {
    NativeTask task = tasks.get(id);
    if (task == null) {
      throw new AssertionError(id + " is none of " + tasks.keySet());
    }
    return task;
  }

  List<NativeTask> all() {
    return List.copyOf(tasks.values());
  }

  void start(String... ids) {
    for (String id : ids) {
      NativeTask task = task(id);
      task.state = "RUNNING";
      task.reason = "None";
      task.started = time.instant();
    }
  }

  void startAll() {
    all().stream().filter(NativeTask::isPending).forEach(task -> start(task.id()));
  }

  /** Ends a task; its wait status is 768 for exit 3. */
  void end(String id, String state, String reason, int status) {
    NativeTask task = task(id);
    if (task.isPending() && !state.equals("CANCELLED")) {
      start(id);
    }
    task.state = state;
    task.reason = reason;
    task.status = status;
    task.ended = time.instant();
  }

  void succeed(String... ids) {
    for (String id : ids) {
      end(id, "COMPLETED", "None", 0);
    }
  }

  void fail(String id, int code) {
    end(id, "FAILED", "NonZeroExitCode", code << 8);
  }

  /** Starts a task again, which its controller forgets and its accounts keep. */
  void requeue(String id, String how) {
    NativeTask task = task(id);
    record(id, how, "0:0", task.submitted, epoch(time.instant()));
    task.state = "PENDING";
    task.reason = "BeginTime";
    task.restarts++;
    task.submitted = time.instant();
    task.started = Instant.MIN;
  }

  /** A controller that has lost its memory of something, though the accounts may have it. */
  void purge(String... ids) {
    for (String id : ids) {
      task(id).purged = true;
    }
  }

  void purgeAll() {
    tasks.values().forEach(task -> task.purged = true);
  }

  /** Adds a partition, as scontrol shows it. */
  void partition(String line) {
    partitions += line + "\n";
  }

  /** Frees its memory: only what the backend itself holds is left. */
  void clear() {
    tasks.clear();
    sent.clear();
    questions.clear();
  }

  /** Waiting tasks that are cancelled leave no trace. */
  void vanish(String id) {
    tasks.remove(id);
  }

  /** A controller that knows nothing of a task until it is given it back. */
  NativeTask forget(String id) {
    NativeTask task = task(id);
    tasks.remove(id);
    return task;
  }

  void recall(NativeTask task) {
    tasks.put(task.id(), task);
  }

  /** Adds a record to the accounts. */
  void record(String id, String state, String exit, Instant submitted, String ended) {
    records.add(
        String.join(
            "|",
            id,
            id.split("_", -1)[0],
            state,
            exit,
            exit,
            epoch(submitted),
            epoch(submitted),
            ended,
            "me",
            "n1",
            "main",
            "1",
            "00:00.010",
            "",
            "None"));
  }

  /** Adds a job of somebody's own, not of hpc4j's making. */
  void foreign(String id, String name) {
    tasks.put(id, new NativeTask(id, -1, name, time.instant()));
  }

  // ---- the commands

  static CommandResult error(String words) {
    return new CommandResult(1, "", words + "\n");
  }

  private static CommandResult ok(String text) {
    return new CommandResult(0, text, "");
  }

  private static CommandResult lines(Stream<String> lines) {
    return ok(lines.map(line -> line + "\n").collect(Collectors.joining()));
  }

  @Override
  public synchronized CommandResult run(
      List<String> command, Map<String, String> environment, String input, Duration limit)
      throws IOException {
    if (command.stream().mapToInt(word -> word.length() + 1).sum() > 128 * 1024) {
      throw new AssertionError("the arguments are too long for Linux: " + command.get(0));
    }
    String name = command.get(0);
    Answer answer = () -> answer(command, environment, input);
    switch (name) {
      case "squeue", "sacct" -> questions.add(command);
      case "scancel" -> orders.add(command);
      default -> {
        if (List.of("hold", "release").contains(command.get(1))) {
          orders.add(command);
        }
      }
    }
    String words = String.join(" ", command);
    for (Map.Entry<String, Fault> each : lasting.entrySet()) {
      if (words.startsWith(each.getKey())) {
        return each.getValue().apply(answer);
      }
    }
    Deque<Fault> wrong = faults.getOrDefault(name, new ArrayDeque<>());
    return wrong.isEmpty() ? answer.get() : wrong.removeFirst().apply(answer);
  }

  private CommandResult answer(
      List<String> command, Map<String, String> environment, String input) {
    String words = String.join(" ", command);
    return switch (command.get(0)) {
      case "sbatch" -> submit(command, environment, input);
      case "squeue" -> queue(command, words);
      case "sacct" -> accounts(command);
      case "scancel" -> {
        if (command.contains("--signal=TERM")) {
          assertThat(command).as("what waits is not to be asked").contains("--state=RUNNING");
        } else {
          command.stream()
              .skip(1)
              .filter(word -> !word.startsWith("-"))
              .flatMap(this::named)
              .filter(task -> task.isPending() || !command.contains("--state=PENDING"))
              .toList()
              .forEach(this::cancel);
        }
        yield ok("");
      }
      case "scontrol" -> control(command, words);
      case "sinfo" ->
          lines(
              Stream.of("n1", "n2", "n3", "n4")
                  .map(n -> n + "|main*|idle|0/8/0/8|16000|0|gpu:2|gpu:0|(null)|none"));
      case "sshare" -> ok("");
      default -> throw unexpected(words);
    };
  }

  private static AssertionError unexpected(String words) {
    return new AssertionError("an unexpected command: " + words);
  }

  private CommandResult queue(List<String> command, String words) {
    if (words.contains(" -O JobArrayID:|,JobID:|,State:")) {
      return lines(rows());
    }
    if (words.contains(" -n ")) {
      String name = command.get(command.indexOf("-n") + 1);
      return lines(known(task -> task.name.equals(name)).map(NativeTask::id));
    }
    if (words.endsWith(" -o %i|%T|%j|%i")) {
      return lines(
          known(task -> true).map(t -> t.id() + "|" + t.state + "|" + t.name + "|" + t.id()));
    }
    throw unexpected(words);
  }

  private CommandResult control(List<String> command, String words) {
    if (words.equals("scontrol show config")) {
      return ok(config());
    }
    if (words.matches("scontrol( -a)? -o show partition")) {
      String all =
          "PartitionName=main Default=YES MaxTime=1-00:00:00 MinNodes=0 MaxNodes=UNLIMITED"
              + " Nodes=n[1-4] PriorityTier=1 State=UP TotalCPUs=32 TotalNodes=4\n"
              + partitions;
      return lines(
          all.lines().filter(line -> command.contains("-a") || !line.contains("Hidden=YES")));
    }
    if (words.equals("scontrol -o show licenses")) {
      return ok("No licenses configured in Slurm.\n");
    }
    if (!List.of("hold", "release").contains(command.get(1))) {
      throw unexpected(words);
    }
    boolean hold = command.get(1).equals("hold");
    command.stream()
        .skip(2)
        .flatMap(this::named)
        .filter(task -> hold ? task.isPending() : task.reason.equals("JobHeldUser"))
        .forEach(task -> task.reason = hold ? "JobHeldUser" : "Priority");
    return ok("");
  }

  private String config() {
    return ("Configuration data as of now\nSLURM_VERSION = " + version)
        + "\nMessageTimeout = 10 sec\n"
        + ("MinJobAge = " + minJobAge.toSeconds() + " sec\n")
        + ("MaxArraySize = " + maxArraySize + "\n")
        + ("SchedulerParameters = " + schedulerParameters + "\n")
        + ("AccountingStorageType = accounting_storage/" + (accounting ? "slurmdbd" : "none"))
        + "\n";
  }

  private CommandResult submit(List<String> command, Map<String, String> variables, String text) {
    Sent one = new Sent(String.valueOf(nextId), List.copyOf(command), Map.copyOf(variables), text);
    List<Integer> indices = List.of(-1);
    if (one.has("--array")) {
      IndexSet set = IndexSet.parse(one.value("--array").replaceAll("%.*", ""));
      if (set.last() >= maxArraySize) {
        return error("sbatch: error: Batch job submission failed: Invalid job array specification");
      }
      indices = set.stream().boxed().toList();
    }
    if (mostTasks < Integer.MAX_VALUE && open() + indices.size() > mostTasks) {
      try {
        return BUSY.apply(() -> ok(""));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    nextId++;
    sent.add(one);
    for (int index : indices) {
      NativeTask task = new NativeTask(one.id(), index, one.value("--job-name"), time.instant());
      if (one.has("--hold")) {
        task.reason = "JobHeldUser";
      } else if (one.has("--dependency")) {
        task.reason = "Dependency";
      } else if (one.has("--begin")) {
        task.reason = "BeginTime";
      }
      tasks.put(task.id(), task);
    }
    return ok(noise + one.id() + "\n");
  }

  private long open() {
    return tasks.values().stream().filter(task -> !task.hasEnded()).count();
  }

  private Stream<NativeTask> known(Predicate<NativeTask> which) {
    Instant now = time.instant();
    return all().stream()
        .filter(task -> !task.purged)
        .filter(task -> !task.hasEnded() || now.isBefore(task.ended.plus(minJobAge)))
        .filter(which);
  }

  /** Waiting tasks of an array are one row, as Slurm has it. */
  private Stream<String> rows() {
    Map<List<String>, TreeSet<Integer>> waiting = new LinkedHashMap<>();
    List<String> rows = new ArrayList<>();
    known(task -> true)
        .forEach(
            task -> {
              if (task.index >= 0 && task.isPending()) {
                waiting
                    .computeIfAbsent(List.of(task.jobId, task.reason), k -> new TreeSet<>())
                    .add(task.index);
              } else {
                rows.add(row(task.id(), task));
              }
            });
    waiting.forEach(
        (key, indices) -> {
          String id =
              indices.size() == 1
                  ? key.get(0) + "_" + indices.first()
                  : key.get(0) + "_[" + indexSet(indices) + "]";
          rows.add(row(id, task(key.get(0) + "_" + indices.first())));
        });
    return rows.stream();
  }

  private static IndexSet indexSet(Set<Integer> indices) {
    return IndexSet.of(indices.stream().mapToInt(Integer::intValue).toArray());
  }

  private static String epoch(Instant at) {
    return at.equals(Instant.MIN) ? "Unknown" : String.valueOf(at.getEpochSecond());
  }

  private static String row(String id, NativeTask task) {
    return String.join(
        "|",
        id,
        task.jobId,
        task.state,
        String.valueOf(task.status),
        String.valueOf(task.restarts),
        epoch(task.submitted),
        epoch(task.started).replace("Unknown", "N/A"),
        epoch(task.ended).replace("Unknown", "N/A"),
        task.started.equals(Instant.MIN) ? "" : task.nodes,
        "main",
        task.reason);
  }

  private CommandResult accounts(List<String> command) {
    if (!accounting) {
      return error("Slurm accounting storage is disabled");
    }
    String format = command.get(command.indexOf("-o") + 1);
    Predicate<NativeTask> which;
    if (command.contains("--name")) {
      String name = command.get(command.indexOf("--name") + 1);
      which = task -> task.name.equals(name);
    } else {
      Set<String> ids = Set.of(command.get(command.indexOf("-j") + 1).split(",", -1));
      which = task -> ids.contains(task.jobId) || ids.contains(task.id());
    }
    Stream<NativeTask> found = all().stream().filter(task -> !task.unaccounted).filter(which);
    if (format.equals("JobID,State,JobName,JobID,Submit")) {
      return lines(
          found.map(t -> String.join("|", t.id(), t.state, t.name, t.id(), epoch(t.submitted))));
    }
    if (!format.startsWith(
        "JobID,JobIDRaw,State,ExitCode,DerivedExitCode,Submit,Start,End,User,")) {
      throw new AssertionError("an unexpected format: " + format);
    }
    return lines(Stream.concat(records.stream(), found.map(ScriptedSlurm::accounted)));
  }

  private static String accounted(NativeTask task) {
    String exit = (task.status >> 8) + ":" + (task.status & 0x7f);
    return String.join(
        "|",
        task.id(),
        task.jobId,
        task.state,
        exit,
        "0:0",
        epoch(task.submitted),
        epoch(task.started),
        epoch(task.ended),
        "me",
        task.started.equals(Instant.MIN) ? "None assigned" : task.nodes,
        "main",
        "1",
        "00:00.010",
        "",
        task.reason);
  }

  private Stream<NativeTask> named(String id) {
    TaskSet set = TaskSet.parse(id).orElseThrow(() -> new AssertionError("no id: " + id));
    return all().stream()
        .filter(task -> task.jobId.equals(set.jobId()))
        .filter(task -> set.isPlain() || set.tasks().contains(task.index));
  }

  private void cancel(NativeTask task) {
    if (task.hasEnded()) {
      return;
    }
    if (task.isPending() && task.index >= 0) {
      vanish(task.id());
    } else {
      end(task.id(), "CANCELLED", "None", task.isPending() ? 0 : 15);
    }
  }

  @Override
  public String toString() {
    return "scripted Slurm";
  }
}
