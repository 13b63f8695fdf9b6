package io.hpc4j.slurm;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.query.NodeRow;
import io.hpc4j.slurm.query.PartitionRow;
import io.hpc4j.slurm.query.ShareRow;
import io.hpc4j.slurm.script.SbatchArguments;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds what is wrong with a request on this cluster. Slurm would accept much of it and never run
 * it. What the cluster does not tell is not checked.
 */
final class Checks {
  /** From this year on Slurm may let in what is below an allowed account, so it is not judged. */
  private static final int HIERARCHICAL_YEAR = 24;

  private final Site site;
  private final Catalogue catalogue;
  private final Function<JobId, SlurmJob> known;

  Checks(Site site, Catalogue catalogue, Function<JobId, SlurmJob> known) {
    this.site = site;
    this.catalogue = catalogue;
    this.known = known;
  }

  List<Problem> check(JobRequest request, Instant now) {
    List<Problem> problems = new ArrayList<>(0);
    List<String> names = site.partitions().stream().map(PartitionRow::name).toList();
    Optional<String> option = Options.of(request).partition();
    String field = option.isPresent() ? "options.slurm.partition" : "queue";
    request
        .queue()
        .filter(name -> option.isPresent() && !names.isEmpty() && !names.contains(name))
        .ifPresent(name -> problems.add(Problem.of("queue", name, "is not one of " + names)));
    String wanted = option.or(request::queue).or(catalogue::defaultQueue).orElse("");
    List<List<Problem>> each = new ArrayList<>(); // Slurm takes the first of several that fits
    boolean isKnown = !wanted.isEmpty() || !names.isEmpty(); // or sbatch alone knows the default
    for (String name : isKnown ? List.of(wanted.split(",", -1)) : List.<String>of()) {
      List<Problem> some = new ArrayList<>(0);
      if (name.isEmpty() || (!names.isEmpty() && !names.contains(name))) {
        problems.add(Problem.of(field, name, "is not one of " + names));
      } else {
        site.partition(name).ifPresent(partition -> fits(request, partition, some));
      }
      each.add(some);
    }
    if (each.stream().noneMatch(List::isEmpty)) {
      each.forEach(problems::addAll);
    }
    problems.addAll(paths(request));
    array(request, problems);
    Duration longest = Duration.ofMinutes(SbatchArguments.MOST_MINUTES);
    request
        .effective()
        .timeout()
        .filter(timeout -> timeout.compareTo(longest) > 0)
        .ifPresent(t -> problems.add(Problem.of("timeout", t, "Slurm counts up to " + longest)));
    share(request, problems);
    licences(request, problems);
    problems.addAll(Options.problems(request));
    request.dependencies().forEach(d -> check(request, d, problems));
    request
        .deadline()
        .filter(deadline -> !deadline.isAfter(now))
        .ifPresent(d -> problems.add(Problem.of("deadline", d, "has passed, at " + now)));
    if (request.sequential() && request.effective().retry().maxAttempts() > 1) {
      problems.add(
          Problem.of("sequential", "true", "Slurm would not wait for an element's next attempt"));
    }
    return problems;
  }

  private void fits(JobRequest request, PartitionRow partition, List<Problem> problems) {
    Resources r = request.effective().resources();
    String name = partition.name();
    request
        .effective()
        .timeout()
        .filter(t -> partition.maxTime().filter(most -> t.compareTo(most) > 0).isPresent())
        .ifPresent(
            t ->
                problems.add(
                    Problem.of(
                        "timeout",
                        t,
                        "partition " + name + " allows " + partition.maxTime().get())));
    if (partition.maxNodes().isPresent() && r.nodes() > partition.maxNodes().getAsInt()) {
      problems.add(
          Problem.of(
              "resources.nodes",
              r.nodes(),
              "partition " + name + " allows " + partition.maxNodes().getAsInt()));
    }
    limits(request, partition, problems);
    List<NodeRow> nodes =
        site.nodes().stream().filter(row -> row.partition().equals(name)).toList();
    long large = nodes.stream().filter(row -> holds(row, r)).count();
    if (!nodes.isEmpty() && r.nodes() > 0 && large < r.nodes()) {
      problems.add(
          Problem.of(
              "resources",
              r,
              "could never run in partition "
                  + name
                  + ": it has "
                  + nodes.size()
                  + " nodes, of which "
                  + large
                  + " are large enough"));
    }
  }

  private void limits(JobRequest request, PartitionRow partition, List<Problem> problems) {
    Resources r = request.effective().resources();
    String allows = "partition " + partition.name() + " allows ";
    if (r.nodes() < partition.minNodes()) {
      problems.add(
          Problem.of(
              "resources.nodes", r.nodes(), allows + "no fewer than " + partition.minNodes()));
    }
    partition.maxCpusPerNode().stream()
        .filter(most -> r.cpusPerNode() > most)
        .forEach(
            most ->
                problems.add(Problem.of("resources.cpusPerNode", r.cpusPerNode(), allows + most)));
    partition
        .maxMemoryPerNode()
        .filter(most -> r.memoryPerNode().compareTo(most) > 0)
        .ifPresent(
            most ->
                problems.add(
                    Problem.of("resources.memoryPerNode", r.memoryPerNode(), allows + most)));
    Optional<String> account = Options.of(request).account();
    account
        .or(request::share)
        .filter(name -> !allows(partition, name))
        .ifPresent(
            name ->
                problems.add(
                    Problem.of(
                        account.isPresent() ? "options.slurm.account" : "share",
                        name,
                        allows + partition.allowAccounts().orElseThrow())));
  }

  private boolean allows(PartitionRow partition, String account) {
    return partition.allowAccounts().filter(allowed -> !allowed.contains(account)).isEmpty()
        || site.config().version().isAtLeast(HIERARCHICAL_YEAR, 0);
  }

  private static boolean holds(NodeRow row, Resources r) {
    return row.cpus() >= r.cpusPerNode()
        && row.memory().compareTo(r.memoryPerNode()) >= 0
        && row.gpus() >= r.gpusPerNode()
        && row.features().containsAll(r.features());
  }

  /** The names that this program, in its locale, cannot give to files. */
  static List<Problem> paths(JobRequest request) {
    JobDefinition work = request.effective();
    List<Problem> problems = new ArrayList<>(0);
    path("workingDirectory", work.workingDirectory(), problems);
    path("stdout", work.stdout(), problems);
    path("stderr", work.stderr(), problems);
    return problems;
  }

  private static void path(String field, Optional<String> name, List<Problem> problems) {
    try {
      Path unused = Path.of(name.orElse(""));
    } catch (InvalidPathException e) {
      problems.add(
          Problem.of(field, e.getInput(), "is no path in this program's locale: " + e.getReason()));
    }
  }

  private void array(JobRequest request, List<Problem> problems) {
    request
        .array()
        .filter(indices -> site.maxArraySize() < 1)
        .ifPresent(
            indices ->
                problems.add(
                    Problem.of("array", indices, "the cluster takes no arrays: MaxArraySize=0")));
  }

  private void licences(JobRequest request, List<Problem> problems) {
    Map<String, Long> wanted = request.effective().resources().consumables();
    if (wanted.isEmpty()) {
      return;
    }
    site.licences()
        .ifPresent(
            all ->
                wanted.forEach(
                    (name, amount) -> {
                      if (amount > all.getOrDefault(name, 0L)) {
                        problems.add(
                            Problem.of(
                                "resources.consumables",
                                name + "=" + amount,
                                "the cluster's licences are " + all));
                      }
                    }));
  }

  private void share(JobRequest request, List<Problem> problems) {
    if (request.share().isEmpty()) {
      return;
    }
    String share = request.share().get();
    catalogue
        .accounts()
        .map(rows -> rows.stream().map(ShareRow::account).toList())
        .filter(accounts -> !accounts.contains(share))
        .ifPresent(
            accounts ->
                problems.add(
                    Problem.of(
                        "share",
                        share,
                        site.config().accounting()
                            ? "is none of the accounts that you may use, " + accounts
                            : "the cluster keeps no accounts")));
  }

  private void check(JobRequest request, Dependency dependency, List<Problem> problems) {
    try {
      SlurmJob on = known.apply(dependency.on());
      boolean each = dependency.kind() == Dependency.Kind.EACH;
      synchronized (on) {
        if (dependency.on().index().isPresent()) {
          Object unused = on.task(dependency.on());
        }
        if (each && !(on.isArray() && request.array().equals(Optional.of(on.indices)))) {
          problems.add(
              Problem.of(
                  "dependencies",
                  dependency.on(),
                  "index by index needs equal indices: "
                      + text(request.array())
                      + " here, "
                      + text(Optional.of(on.indices).filter(i -> !i.isEmpty()))
                      + " there"));
        }
      }
    } catch (NotFoundException | IllegalArgumentException e) {
      problems.add(Problem.of("dependencies", dependency.on(), "is not a job known here"));
    }
  }

  private static String text(Optional<IndexSet> indices) {
    return indices.map(IndexSet::toString).orElse("not an array");
  }
}
