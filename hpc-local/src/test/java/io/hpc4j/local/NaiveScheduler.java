package io.hpc4j.local;

import static io.hpc4j.local.NaiveJob.NEVER;

import io.hpc4j.local.NaiveJob.Attempt;
import io.hpc4j.local.NaiveJob.Element;
import io.hpc4j.local.NaiveJob.State;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The rules of docs/scheduling.md once more, written for nothing but clarity: lists, no index, no
 * books; every number is worked out anew. Times are whole seconds.
 */
final class NaiveScheduler {
  final Map<String, JobQueue> queues = new LinkedHashMap<>();
  final List<NaiveJob> jobs = new ArrayList<>();
  private final Map<String, NaiveShares.Memory> memories = new LinkedHashMap<>();
  private final Set<String> outOfService = new TreeSet<>();
  private final PromiseKeeper promises = new PromiseKeeper();
  private long now;
  private boolean passDue;

  NaiveScheduler(List<JobQueue> declared) {
    declared.forEach(queue -> queues.put(queue.name(), queue));
  }

  long now() {
    return now;
  }

  JobQueue queue(String name) {
    return Optional.ofNullable(queues.get(name)).orElseThrow();
  }

  NaiveShares shares(String queue) {
    return new NaiveShares(
        queue(queue), jobs, memories.getOrDefault(queue, NaiveShares.Memory.ALL), now);
  }

  // what happens

  void submit(JobRequest request, NaiveJob.Run run) {
    NaiveJob job = new NaiveJob(jobs.size(), request, queue(request.queue().orElseThrow()), run);
    jobs.add(job);
    // one share more that is active leaves all of them more, even if this job is held
    passDue |= job.isReady() || queue(job.queue).policy().reservation() > 0;
  }

  void cancel(NaiveJob job) {
    job.elements.forEach(element -> cancel(element));
  }

  void cancel(Element element) {
    if (element.state != State.ENDED) {
      passDue |= element.state == State.RUNNING || element.job().isReady();
      element.end(Reason.CANCELLED, now);
    }
  }

  /** To hold what is held, or to release what is not, changes nothing. */
  void hold(NaiveJob job, boolean held) {
    if (!job.hasEnded() && job.held != held) {
      passDue |= job.isReady();
      job.held = held;
      passDue |= job.isReady();
    }
  }

  void failNode(String node) {
    outOfService.add(node);
    running()
        .filter(element -> element.last().nodes.contains(node))
        .toList()
        .forEach(element -> element.fail(Reason.NODE_FAILURE, now));
    changed();
  }

  void drainNode(String node) {
    outOfService.add(node);
    changed();
  }

  void restoreNode(String node) {
    outOfService.remove(node);
    changed();
  }

  void apply(JobQueue queue) {
    long before = queue(queue.name()).policy().decayWindow().toSeconds();
    long after = queue.policy().decayWindow().toSeconds();
    if (before != after) {
      memories.merge(
          queue.name(),
          NaiveShares.Memory.ALL.change(now, before, after),
          (old, unused) -> old.change(now, before, after));
    }
    queues.put(queue.name(), queue);
    changed();
  }

  private void changed() {
    promises.forget();
    passDue = true;
  }

  void advance(long seconds) {
    long target = now + seconds;
    while (true) {
      if (passDue) {
        pass();
      } else {
        long next = running().mapToLong(element -> element.last().end).min().orElse(NEVER);
        if (next > target) {
          now = target;
          return;
        }
        now = next;
      }
      running().filter(element -> element.last().end == now).toList().forEach(this::runOut);
    }
  }

  private void runOut(Element element) {
    element.end(element.exceedsLimit ? Reason.TIMEOUT : Reason.SUCCESS, now);
    passDue = true;
  }

  private Stream<Element> running() {
    return jobs.stream()
        .flatMap(job -> job.elements.stream())
        .filter(element -> element.state == State.RUNNING);
  }

  // the pass

  /** One pass: who starts nothing more, what is reserved, and who has been looked at. */
  private static final class Pass {
    final Set<String> closed = new TreeSet<>();
    final Map<String, Reservation> reservations = new LinkedHashMap<>();
    final Map<String, Allowance> allowances = new LinkedHashMap<>();
    final Set<NaiveJob> lookedAt = new HashSet<>();
  }

  /** From this instant the nodes belong to the blocked job; the rest is what is free beside it. */
  private record Reservation(long at, NaiveRoom rest) {}

  /** How many cpus what reaches beyond this instant may hold, beside the blocked job's. */
  private record Allowance(long at, long cpus) {}

  private void pass() {
    passDue = false;
    promises.begin();
    Pass pass = new Pass();
    Optional<NaiveJob> next = next(pass);
    while (next.isPresent()) {
      consider(next.get(), pass);
      next = next(pass);
    }
    promises.end();
  }

  /** Queues by priority; of equal ones that whose next job goes first. */
  private Optional<NaiveJob> next(Pass pass) {
    List<NaiveJob> heads = new ArrayList<>();
    for (JobQueue queue : queues.values()) {
      boolean open =
          queue.environments().stream().anyMatch(env -> !pass.closed.contains(env.name()));
      if (queue.enabled() && open) {
        next(queue, pass).ifPresent(heads::add);
      }
    }
    int highest =
        heads.stream().mapToInt(job -> queue(job.queue).priority()).max().orElse(Integer.MIN_VALUE);
    return heads.stream().filter(job -> queue(job.queue).priority() == highest).min(NaiveJob.ORDER);
  }

  private Optional<NaiveJob> next(JobQueue queue, Pass pass) {
    List<NaiveJob> waiting =
        jobs.stream()
            .filter(job -> job.queue.equals(queue.name()))
            .filter(job -> job.isReady() && !pass.lookedAt.contains(job))
            .toList();
    if (!queue.policy().isFairShare()) {
      return waiting.stream().min(NaiveJob.ORDER);
    }
    return waiting.stream()
        .map(NaiveJob::share)
        .distinct()
        .min(shares(queue.name()).order())
        .flatMap(
            share -> waiting.stream().filter(job -> job.share().equals(share)).min(NaiveJob.ORDER));
  }

  private void consider(NaiveJob job, Pass pass) {
    JobQueue queue = queue(job.queue);
    if (start(job, queue, pass)) {
      promises.started(job, now);
    } else if (isPassedOver(job)) {
      jobs.stream().filter(job::isLike).forEach(pass.lookedAt::add);
    } else if (!queue.policy().backfills()) {
      queue.environments().forEach(environment -> pass.closed.add(environment.name()));
      promises.blocked();
    } else {
      pass.lookedAt.add(job);
      reserve(job, queue, pass);
      walk(queue, pass);
    }
  }

  /** The rest of the queue, once. */
  private void walk(JobQueue queue, Pass pass) {
    Optional<NaiveJob> job = next(queue, pass);
    while (job.isPresent()) {
      if (!start(job.get(), queue, pass)) {
        pass.lookedAt.add(job.get());
      }
      job = next(queue, pass);
    }
  }

  private boolean start(NaiveJob job, JobQueue queue, Pass pass) {
    for (ComputeEnvironment environment : queue.environments()) {
      NaiveRoom free = free(environment, element -> true);
      Optional<List<String>> nodes = place(job, queue, free, pass, environment.name());
      if (nodes.isPresent()) {
        int cpus = free.cpusOn(nodes.get(), job.need());
        Element element = job.next();
        element.state = State.RUNNING;
        element.attempts.add(new Attempt(environment.name(), nodes.get(), cpus, now, element));
        charge(job, cpus, nodes.get(), environment.name(), pass);
        return true;
      }
    }
    return false;
  }

  /** The nodes that a job may have now. */
  private Optional<List<String>> place(
      NaiveJob job, JobQueue queue, NaiveRoom free, Pass pass, String environment) {
    Optional<Reservation> reservation = Optional.ofNullable(pass.reservations.get(environment));
    if (pass.closed.contains(environment)
        || (reservation.isPresent() && !queue.policy().backfills())) {
      return Optional.empty();
    }
    NaiveRoom rest =
        reservation.filter(r -> reaches(job, r.at())).map(Reservation::rest).orElse(free);
    return free.place(job.need(), outOfService, rest)
        .filter(nodes -> isAllowed(job, free.cpusOn(nodes, job.need()), pass));
  }

  private boolean reaches(NaiveJob job, long instant) {
    return job.limit == NEVER || now + job.limit > instant;
  }

  private boolean isAllowed(NaiveJob job, int more, Pass pass) {
    NaiveShares shares = shares(job.queue);
    Optional<Allowance> then = Optional.ofNullable(pass.allowances.get(job.queue));
    return shares.cpusInUse() + more <= shares.allowed()
        && then.filter(allowance -> reaches(job, allowance.at()) && more > allowance.cpus())
            .isEmpty();
  }

  /** Takes what reaches beyond a reservation out of its rest. */
  private void charge(NaiveJob job, int cpus, List<String> nodes, String environment, Pass pass) {
    Optional.ofNullable(pass.reservations.get(environment))
        .filter(reservation -> reaches(job, reservation.at()))
        .ifPresent(reservation -> reservation.rest().take(job.need(), nodes));
    pass.allowances.computeIfPresent(
        job.queue,
        (queue, then) ->
            reaches(job, then.at()) ? new Allowance(then.at(), then.cpus() - cpus) : then);
  }

  /** Whether it would not fit if all nodes in service were idle, or needs more than is left. */
  boolean isPassedOver(NaiveJob job) {
    return queue(job.queue).environments().stream()
        .noneMatch(environment -> couldHoldNow(job, environment));
  }

  private boolean couldHoldNow(NaiveJob job, ComputeEnvironment environment) {
    NaiveRoom idle = new NaiveRoom(environment);
    return idle.place(job.need(), outOfService)
        .filter(nodes -> idle.cpusOn(nodes, job.need()) <= shares(job.queue).allowed())
        .isPresent();
  }

  /** Whether it would fit now, whoever goes first. */
  boolean fits(NaiveJob job, ComputeEnvironment environment) {
    return free(environment, element -> true).place(job.need(), outOfService).isPresent();
  }

  private NaiveRoom free(ComputeEnvironment environment, Predicate<Element> stillThere) {
    NaiveRoom room = new NaiveRoom(environment);
    running()
        .filter(stillThere)
        .filter(element -> element.last().environment.equals(environment.name()))
        .forEach(element -> room.take(element.job().need(), element.last().nodes));
    return room;
  }

  private void reserve(NaiveJob job, JobQueue queue, Pass pass) {
    Optional<ComputeEnvironment> best = Optional.empty();
    long earliest = NEVER;
    for (ComputeEnvironment environment : queue.environments()) {
      boolean taken =
          pass.reservations.containsKey(environment.name())
              || pass.closed.contains(environment.name());
      if (!taken && couldHoldNow(job, environment)) {
        long instant = earliest(job, environment);
        if (instant == NEVER) {
          pass.closed.add(environment.name());
        } else if (instant < earliest) {
          best = Optional.of(environment);
          earliest = instant;
        }
      }
    }
    if (best.isEmpty()) {
      promises.blocked();
      return;
    }
    NaiveRoom rest = freeAt(best.get(), earliest);
    List<String> nodes = rest.place(job.need(), outOfService).orElseThrow();
    rest.take(job.need(), nodes);
    pass.reservations.put(best.get().name(), new Reservation(earliest, rest));
    if (queue.policy().reservation() > 0) {
      long left = shares(job.queue).allowed() - inUseAt(queue.name(), earliest);
      pass.allowances.put(
          queue.name(), new Allowance(earliest, left - rest.cpusOn(nodes, job.need())));
      promises.blocked(); // the limit moves as shares come and go, and with it the promise
    } else {
      promises.promised(job, earliest);
    }
  }

  /** The earliest instant at which it fits, tried one after the other; never if there is none. */
  private long earliest(NaiveJob job, ComputeEnvironment environment) {
    return running()
        .map(element -> element.last().expectedEnd)
        .filter(end -> end != NEVER)
        .map(end -> Math.max(end, now))
        .sorted()
        .filter(instant -> fitsAt(job, environment, instant))
        .findFirst()
        .orElse(NEVER);
  }

  private boolean fitsAt(NaiveJob job, ComputeEnvironment environment, long instant) {
    NaiveRoom free = freeAt(environment, instant);
    long left = shares(job.queue).allowed() - inUseAt(job.queue, instant);
    return free.place(job.need(), outOfService)
        .filter(nodes -> free.cpusOn(nodes, job.need()) <= left)
        .isPresent();
  }

  private long inUseAt(String queue, long instant) {
    return running()
        .filter(element -> element.job().queue.equals(queue))
        .filter(element -> element.last().expectedEnd > instant)
        .mapToLong(element -> element.last().cpus)
        .sum();
  }

  private NaiveRoom freeAt(ComputeEnvironment environment, long instant) {
    return free(environment, element -> element.last().expectedEnd > instant);
  }

  /** The next instant up to this many seconds from now at which something ends, else that. */
  long nextWithin(long seconds) {
    return running()
        .mapToLong(element -> element.last().end - now)
        .filter(until -> until <= seconds)
        .min()
        .orElse(seconds);
  }

  /** Whether the queue takes such a job. */
  boolean accepts(JobRequest request) {
    JobQueue queue = queue(request.queue().orElseThrow());
    boolean limited = request.effective().timeout().or(queue::defaultTimeout).isPresent();
    return couldEverHold(queue.name(), request.effective().resources())
        && (limited || !queue.policy().backfills());
  }

  /** Whether some node of the queue, all in service and idle, could hold such a job. */
  boolean couldEverHold(String queue, Resources need) {
    return queue(queue).environments().stream()
        .anyMatch(environment -> new NaiveRoom(environment).place(need, Set.of()).isPresent());
  }
}
