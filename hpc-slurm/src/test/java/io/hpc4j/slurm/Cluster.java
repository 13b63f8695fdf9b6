package io.hpc4j.slurm;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Map<Kind, BlockingQueue<Cluster>> FREE = new ConcurrentHashMap<>();

  /** Whether a cluster keeps accounts. */
  enum Kind {
    ACCT,
    BARE;

    private boolean isOf(Path folder) {
      return folder.getFileName().toString().startsWith(name().toLowerCase(Locale.ROOT));
    }
  }

  private final Kind kind;
  private final Path folder;

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
          folders.filter(kind::isOf).sorted().map(folder -> new Cluster(kind, folder)).toList();
      if (!all.isEmpty()) {
        return new LinkedBlockingQueue<>(all);
      }
    } catch (IOException e) {
      throw new AssertionError("there is no cluster; run .ci/slurm/cluster-up", e);
    }
    throw new AssertionError("there is no cluster " + kind + "; run .ci/slurm/cluster-up");
  }

  /** Gives the cluster back, idle. */
  @Override
  public void close() {
    try {
      run("sh", "-c", "squeue -h -o %A | xargs -r scancel");
      until("the cluster is idle", this::isIdle);
    } finally {
      FREE.get(kind).add(this);
    }
  }

  private boolean isIdle() {
    return run("squeue", "-h").isEmpty()
        && run("sinfo", "-h", "-N", "-p", "normal", "-o", "%T").lines().allMatch("idle"::equals);
  }

  String name() {
    return folder.getFileName().toString();
  }

  Path configuration() {
    return folder.resolve("etc/slurm.conf");
  }

  /** The name of a node, from 1 to 4. */
  String node(int number) {
    return name() + "-n" + number;
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
