package io.hpc4j.slurm.script;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The arguments of sbatch for a job. Pure. */
public final class SbatchArguments {
  /**
   * What is decided for one call, and is not in the request.
   *
   * @param partition the partition; empty for the cluster's default
   * @param directory the working directory, an absolute path
   * @param held whether it is to wait for a release
   * @param dependencies native dependencies, {@code afterok:12} say
   */
  public record Call(String partition, String directory, boolean held, List<String> dependencies) {
    /** Copies the list. */
    public Call {
      dependencies = List.copyOf(dependencies);
    }
  }

  /** The longest time in minutes; from twice as many on Slurm takes a long one for a short one. */
  public static final long MOST_MINUTES = Integer.MAX_VALUE / 60;

  private SbatchArguments() {}

  /**
   * Returns the command, from its name on; the script goes to its standard input.
   *
   * @param more the arguments that the request's options ask for
   */
  public static List<String> of(NativeJob job, Call call, List<String> more) {
    JobRequest request = job.request();
    JobDefinition definition = request.effective();
    Resources r = definition.resources();
    List<String> all = new ArrayList<>(List.of("sbatch", "--parsable"));
    all.add("--job-name=" + job.name());
    if (!call.partition().isEmpty()) {
      all.add("--partition=" + call.partition());
    }
    all.add("--chdir=" + call.directory());
    all.add("--output=/dev/null"); // the script opens the files itself
    all.add("--export=ALL"); // what sbatch itself has, which is minimal
    all.add("--no-requeue");
    resources(all, job, r);
    definition.timeout().ifPresent(t -> all.add("--time=" + minutes(t)));
    if (job.isArray()) {
      all.add("--array=" + array(job));
    }
    if (call.held()) {
      all.add("--hold");
    }
    if (job.begin().isAfter(Instant.MIN)) {
      all.add("--begin=uts" + seconds(job.begin()));
    }
    if (!call.dependencies().isEmpty()) {
      all.add("--dependency=" + String.join(",", call.dependencies()));
      all.add("--kill-on-invalid-dep=yes");
    }
    all.addAll(more);
    return all;
  }

  private static void resources(List<String> all, NativeJob job, Resources r) {
    all.add("--nodes=" + r.nodes());
    if (job.launch() == Launch.PER_NODE) {
      all.add("--ntasks-per-node=1");
      all.add("--cpus-per-task=" + r.cpusPerNode());
    } else {
      all.add("--ntasks=" + r.totalTasks());
      all.add("--ntasks-per-node=" + r.tasksPerNode());
      all.add("--cpus-per-task=" + r.cpusPerTask());
    }
    all.add("--mem=" + job.memory().toMiBCeil() + "M");
  }

  /** The whole minutes that a timeout is rounded up to; no more than Slurm takes. */
  public static long minutes(Duration timeout) {
    long whole = Math.min(timeout.toMinutes(), MOST_MINUTES);
    return whole < MOST_MINUTES && timeout.compareTo(Duration.ofMinutes(whole)) > 0
        ? whole + 1
        : whole;
  }

  /** The whole seconds that a begin time is rounded up to: it is never early. */
  private static long seconds(Instant begin) {
    return begin.getEpochSecond() + (begin.getNano() > 0 ? 1 : 0);
  }

  /** The indices as Slurm counts them, with the throttle. */
  public static String array(NativeJob job) {
    int offset = job.offset();
    String indices = offset == 0 ? job.indices().toString() : shifted(job);
    OptionalInt throttle =
        job.request().sequential() ? OptionalInt.of(1) : job.request().throttle();
    return throttle.isPresent() ? indices + "%" + throttle.getAsInt() : indices;
  }

  private static String shifted(NativeJob job) {
    return IndexSet.of(job.indices().stream().map(i -> i - job.offset()).toArray()).toString();
  }
}
