package io.hpc4j.slurm;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One of the real clusters that {@code .ci/slurm/cluster-up} brings up. A test takes one for itself
 * and gives it back; only what is shared by all of them, the database and munge, is not its own.
 */
final class Cluster implements AutoCloseable {
  private static final Path ROOT = Path.of("/var/lib/hpc4j-slurm");
  private static final Path ACCOUNTS = ROOT.resolve("database/slurmdbd.pid");
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  /** The clusters that may be used, a pattern of their names; default: all. */
  private static final String WHICH = System.getProperty("hpc4j.slurm.clusters", ".*");

  private static final Map<Kind, BlockingQueue<Cluster>> FREE = new ConcurrentHashMap<>();

  /** Whether a cluster keeps accounts. */
  enum Kind {
    ACCT,
    BARE;

    private boolean isOf(Path folder) {
      String name = folder.getFileName().toString();
      return name.startsWith(name().toLowerCase(Locale.ROOT)) && name.matches(WHICH);
    }
  }

  private final Kind kind;
  private final Path folder;

  /** Whether the controller may have forgotten jobs that it had started. */
  private boolean forgetful;

  private Cluster(Kind kind, Path folder) {
    this.kind = kind;
    this.folder = folder;
  }

  /** Takes a cluster that nobody else uses; waits until there is one. */
  static Cluster take(Kind kind) {
    try {
      return FREE.computeIfAbsent(kind, Cluster::all).take();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while all clusters are in use", e);
    }
  }

  private static BlockingQueue<Cluster> all(Kind kind) {
    try (Stream<Path> folders = Files.list(ROOT)) {
      List<Cluster> all =
          folders
              .filter(kind::isOf)
              .sorted()
              .map(folder -> new Cluster(kind, folder).restore())
              .toList();
      if (!all.isEmpty()) {
        return new LinkedBlockingQueue<>(all);
      }
    } catch (IOException e) {
      throw new AssertionError("there is no cluster; run .ci/slurm/cluster-up", e);
    }
    throw new AssertionError("there is no cluster " + kind + "; run .ci/slurm/cluster-up");
  }

  /** Gives the cluster back, whole and idle, and removes its folders. */
  @Override
  public void close() {
    boolean unused = Thread.interrupted(); // the next test is not to suffer from this one's timeout
    try {
      restore();
      removeFolders();
    } finally {
      Objects.requireNonNull(FREE.get(kind)).add(this);
    }
  }

  /** Makes a folder that the nodes see, for as long as the cluster is not given back. */
  Path makeFolder() {
    try {
      return Files.createTempDirectory(Files.createDirectories(folder.resolve("tests")), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A script that Slurm was starting when its job was cancelled can still run for a moment when
   * Slurm calls the node idle. What it makes anew goes after the next test, or with the cluster.
   */
  private void removeFolders() {
    CommandResult unused = tryTo("rm", "-rf", folder.resolve("tests").toString());
  }

  private Cluster restore() {
    if (!tryTo("munge", "-n").succeeded()) {
      startMunge();
    }
    if (kind == Kind.ACCT && !isRunning(ACCOUNTS)) {
      startAccounts();
    }
    if (!isRunning(folder.resolve("slurmctld.pid"))) {
      startController();
    }
    for (int i = 1; i <= 4; i++) {
      if (!isRunning(folder.resolve("slurmd-" + node(i) + ".pid"))) {
        startNode(i);
      }
    }
    run("sh", "-c", "squeue -h -o %A | xargs -r scancel");
    until("the cluster is idle", this::isIdle);
    if (forgetful) {
      restartNodes();
      until("the cluster is idle", this::isIdle);
    }
    return this;
  }

  /** Slurm takes a node away that has not done as it was told; it comes back when asked for. */
  private boolean isIdle() {
    List<String> nodes = run("sinfo", "-h", "-N", "-p", "normal", "-o", "%N %T").lines().toList();
    nodes.stream()
        .filter(node -> node.endsWith(" drained") || node.endsWith(" down"))
        .forEach(
            node ->
                run("scontrol", "update", "nodename=" + node.split(" ", -1)[0], "state=resume"));
    return run("squeue", "-h").isEmpty() && nodes.stream().allMatch(node -> node.endsWith(" idle"));
  }

  String name() {
    return folder.getFileName().toString();
  }

  Path configuration() {
    return folder.resolve("etc/slurm.conf");
  }

  /**
   * Slurm's own list of what has ended: one line for each job or task, with its name, id, native
   * state and exit status. It is not complete before the last of them has ended.
   */
  List<Ended> ended() {
    return kind == Kind.ACCT
        ? run(
                "sacct",
                "-X",
                "-n",
                "-P",
                "-D",
                "-S",
                "now-1days",
                "-o",
                "JobName,JobID,State,ExitCode,End")
            .lines()
            .map(line -> line.split("\\|", -1))
            .filter(w -> !w[4].equals("Unknown")) // its exit code is not there yet
            .map(w -> new Ended(w[0], w[1], w[2], w[3]))
            .toList()
        : read(folder.resolve("ended")).lines().map(Ended::completed).toList();
  }

  /** A line of Slurm's own list of what has ended. */
  record Ended(String name, String id, String state, String exit) {
    private static Ended completed(String line) {
      Map<String, String> words = new HashMap<>();
      for (String word : line.split(" ", -1)) {
        int equals = word.indexOf('=');
        words.put(word.substring(0, Math.max(0, equals)), word.substring(equals + 1));
      }
      return new Ended(
          words.getOrDefault("Name", ""),
          words.getOrDefault("ArrayJobId", words.get("JobId"))
              + Optional.ofNullable(words.get("ArrayTaskId")).map(i -> "_" + i).orElse(""),
          words.getOrDefault("JobState", ""),
          words.getOrDefault("ExitCode", ""));
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the controller has written down all that it knows now, this open job among it. */
  void notes(String nativeId) {
    String mark = "noted-" + System.nanoTime();
    run("scontrol", "update", "jobid=" + nativeId, "comment=" + mark);
    Path state = folder.resolve("state/job_state");
    until(
        "the controller has noted all",
        () -> tryTo("grep", "-q", "--", mark, state.toString()).succeeded());
  }

  /** The name of a node, from 1 to 4. */
  String node(int number) {
    return name() + "-n" + number;
  }

  /** Kills a node as if its plug were pulled: its daemon, and all that runs on it. */
  void killNode(int number) {
    kill("slurmd-" + node(number));
    Path jobs = Path.of("/sys/fs/cgroup/freezer/slurm_" + node(number));
    run("sh", "-c", "find " + jobs + " -name cgroup.procs -exec cat {} + | xargs -r kill -9");
  }

  /** Starts the daemon of a node. */
  void startNode(int number) {
    run("slurmd", "-f", configuration().toString(), "-N", node(number));
  }

  /**
   * Starts the daemons of the nodes anew; what runs there goes on. They do not start a job, but
   * have it cancelled, under the id of one that a killed controller has forgotten, which nobody has
   * told them to end.
   */
  void restartNodes() {
    for (int i = 1; i <= 4; i++) {
      kill("slurmd-" + node(i));
      startNode(i);
    }
    forgetful = false;
  }

  /** Kills the controller. */
  void killController() {
    forgetful = true;
    kill("slurmctld");
  }

  /** Starts the controller, and waits until it answers. */
  void startController() {
    run("slurmctld", "-f", configuration().toString());
    until("the controller answers", () -> tryTo("scontrol", "ping").succeeded());
  }

  /** Sets for how many seconds nodes may be silent before they are taken for dead. */
  void nodesMayBeSilentFor(int seconds) {
    String setting = "SlurmdTimeout=";
    run("sed", "-i", "s/^" + setting + ".*/" + setting + seconds + "/", configuration().toString());
    run("scontrol", "reconfigure");
  }

  private static boolean isRunning(Path pidFile) {
    return daemon(pidFile).filter(ProcessHandle::isAlive).isPresent();
  }

  private void kill(String daemon) {
    kill(folder.resolve(daemon + ".pid"));
  }

  /** Kills a daemon and waits until it is gone, so that another can have its port. */
  private static void kill(Path pidFile) {
    daemon(pidFile)
        .ifPresent(
            daemon -> {
              boolean unused = daemon.destroyForcibly();
              daemon.onExit().join();
            });
  }

  private static Optional<ProcessHandle> daemon(Path pidFile) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the daemon of the accounts, which all clusters share. */
  static void killAccounts() {
    kill(ACCOUNTS);
  }

  /** Starts the daemon of the accounts, and waits until it answers. */
  void startAccounts() {
    run("env", "-u", "SLURM_CONF", "slurmdbd"); // its own configuration is beside the default one
    until("the accounts answer", () -> tryTo("sacctmgr", "-n", "list", "cluster").succeeded());
  }

  /** Kills munge, which all clusters share. */
  static void killMunge() {
    kill(Path.of("/run/munge/munged.pid"));
  }

  /** Starts munge, and waits until it answers. */
  void startMunge() {
    run("runuser", "-u", "munge", "--", "munged", "--force");
    run("cp", "/run/munge/munged.pid", ROOT.resolve("munged.pid").toString());
    until("munge answers", () -> tryTo("munge", "-n").succeeded());
  }

  /** Whether the controller still knows a job, ended or not. */
  boolean knows(String nativeId) {
    return tryTo("scontrol", "-o", "show", "job", nativeId).succeeded();
  }

  /** Waits until the controller has forgotten a job that has ended. */
  void forgets(String nativeId) {
    until("Slurm has forgotten job " + nativeId, () -> !knows(nativeId));
  }

  /** Runs a command to success, and returns what it writes. */
  String run(String... command) {
    CommandResult result = tryTo(command);
    if (!result.succeeded()) {
      throw new AssertionError(List.of(command) + " on " + name() + ": " + result);
    }
    return result.output();
  }

  /** Runs a command. */
  CommandResult tryTo(String... command) {
    try {
      Map<String, String> environment =
          Map.of("SLURM_CONF", configuration().toString(), "SLURM_TIME_FORMAT", "%s");
      return CommandRunner.local().run(List.of(command), environment, "", PATIENCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for something that no job's state tells. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + PATIENCE + ": " + what);
      }
      new CompletableFuture<>().completeOnTimeout(null, 100, MILLISECONDS).join();
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
