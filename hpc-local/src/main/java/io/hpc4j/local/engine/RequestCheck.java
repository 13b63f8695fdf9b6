package io.hpc4j.local.engine;

import io.hpc4j.local.process.JobFiles;
import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.local.schedule.QueueState;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.Work;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what is wrong with a request on this cluster, now. Reads, and changes nothing. */
final class RequestCheck {
  private final Books books;
  private final JobFiles files;
  private final InstantSource time;
  private final boolean virtual;
  private final boolean simulates;

  RequestCheck(
      Books books, JobFiles files, InstantSource time, boolean virtual, boolean simulates) {
    this.books = books;
    this.files = files;
    this.time = time;
    this.virtual = virtual;
    this.simulates = simulates;
  }

  List<Problem> check(JobRequest request) {
    List<Problem> problems = new ArrayList<>(0); // mostly there is none
    Optional<QueueState<JobRecord>> queue = books.queue(request.queue());
    if (queue.isPresent()) {
      checkFits(request, queue.get(), problems);
      checkPolicy(request, queue.get(), problems);
    } else {
      problems.add(
          Problem.of("queue", request.queue().orElse(""), "is not one of " + books.queueNames()));
    }
    request.dependencies().forEach(dependency -> check(request, dependency, problems));
    request.deadline().ifPresent(deadline -> checkDeadline(deadline, problems));
    checkWork(request, problems);
    return problems;
  }

  private void checkDeadline(Instant deadline, List<Problem> problems) {
    Instant now = time.instant();
    if (!deadline.isAfter(now)) {
      problems.add(Problem.of("deadline", deadline, "has passed, at " + now));
    }
  }

  private static void checkFits(
      JobRequest request, QueueState<JobRecord> queue, List<Problem> problems) {
    Resources resources = request.effective().resources();
    Demand demand = Demand.of(resources, resources.memoryPerNode());
    if (demand.nodes() > 0 && !queue.couldEverHold(demand)) {
      problems.add(
          Problem.of(
              "resources",
              demand,
              "could never run in queue "
                  + queue.definition().name()
                  + ": "
                  + Explainer.largest(queue)));
    }
  }

  private void checkPolicy(
      JobRequest request, QueueState<JobRecord> queue, List<Problem> problems) {
    SchedulingPolicy policy = queue.definition().policy();
    String name = queue.definition().name();
    String share = request.share().orElse("");
    if (!policy.isFairShare() && !share.isEmpty()) {
      problems.add(Problem.of("share", share, "queue " + name + " has no shares"));
    } else if (policy.isFairShare() && share.isEmpty()) {
      problems.add(Problem.of("share", "", "queue " + name + " needs to know whom to charge"));
    } else if (policy.isFairShare()) {
      long now = Nanos.of(time.instant());
      if (!queue.isActive(share, now)
          && queue.activeShares(now) >= SchedulingPolicy.MAX_ACTIVE_SHARES) {
        problems.add(
            Problem.of(
                "share",
                share,
                "queue "
                    + name
                    + " has "
                    + SchedulingPolicy.MAX_ACTIVE_SHARES
                    + " active shares, and can have no more"));
      }
    }
    boolean limited =
        request.effective().timeout().or(queue.definition()::defaultTimeout).isPresent();
    if (policy.backfills() && !limited) {
      problems.add(
          Problem.of(
              "timeout",
              "none",
              "queue "
                  + name
                  + " backfills, which takes a limit: state one, or give it a default"));
    }
  }

  private void check(JobRequest request, Dependency dependency, List<Problem> problems) {
    Optional<JobRecord> on = books.find(dependency.on());
    if (on.isEmpty()) {
      problems.add(Problem.of("dependencies", dependency.on(), "is not a job known here"));
      return;
    }
    try {
      Optional<Integer> unused = Books.rank(on.get(), dependency.on());
    } catch (NotFoundException e) {
      problems.add(Problem.of("dependencies", dependency.on(), String.valueOf(e.getMessage())));
      return;
    }
    boolean each = dependency.kind() == Dependency.Kind.EACH;
    if (each && !(on.get().isArray() && request.array().equals(on.get().request.array()))) {
      problems.add(
          Problem.of(
              "dependencies",
              dependency.on(),
              "index by index needs equal indices: "
                  + request.array().map(String::valueOf).orElse("not an array")
                  + " here, "
                  + on.get().request.array().map(String::valueOf).orElse("not an array")
                  + " there"));
    }
  }

  private void checkWork(JobRequest request, List<Problem> problems) {
    JobDefinition definition = request.effective();
    if (needsProcess(definition) && virtual && !simulates) {
      problems.add(
          Problem.of(
              "work",
              definition.name(),
              "is not run under virtual time; say by simulate(rule) what it would do"));
    }
    if (isProcess(definition)) {
      problems.addAll(files.check(request));
    }
  }

  /** Whether the work runs as processes, and so has files. */
  boolean isProcess(JobDefinition definition) {
    return needsProcess(definition) && !virtual && !simulates;
  }

  private static boolean needsProcess(JobDefinition definition) {
    Work work = definition.work().orElse(null);
    return work instanceof Work.Command || work instanceof Work.Script;
  }
}
