package io.hpc4j.local.schedule;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One scheduling pass: queues with higher priority first; in a queue by its policy; in a share jobs
 * with higher priority first, then earlier submission.
 *
 * <p>A job that does not fit closes its queue's environments for everything behind it, so that
 * nothing overtakes it. In a queue with backfill it gets a reservation instead, and what is behind
 * it starts where it does not put off that job (EASY; D. Lifka, The ANL/IBM SP scheduling system,
 * 1995). One that would not even fit if all nodes in service were idle stops nobody.
 *
 * <p>All that wait for the same demand are one class. Capacity only shrinks within a pass: a class
 * that does not fit is not looked at again, whatever its length.
 *
 * @param <J> the jobs
 */
public final class SchedulingPass<J extends Candidate> {
  private final long now;
  private final BiConsumer<J, Allocation> start;
  private final PriorityQueue<Line<J>> lines = new PriorityQueue<>(1, Line.ORDER);

  private SchedulingPass(long now, BiConsumer<J, Allocation> start) {
    this.now = now;
    this.start = start;
  }

  /** A queue in this pass, with its shares in order, and who goes next. */
  private static final class Line<J extends Candidate> {
    static final Comparator<Line<?>> ORDER = Line::compare;

    final QueueState<J> queue;
    final PriorityQueue<ShareState<J>> shares;
    private Set<DemandClass<J>> passedOver = Set.of();
    J next;

    private static int compare(Line<?> one, Line<?> other) {
      int byPriority =
          Integer.compare(other.queue.definition().priority(), one.queue.definition().priority());
      return byPriority == 0 ? Candidate.ORDER.compare(one.next, other.next) : byPriority;
    }

    Line(QueueState<J> queue, long now, J first) {
      this.queue = queue;
      next = first;
      shares = queue.shares().inOrder(now);
    }

    /** Finds who goes next; whether there is anybody. */
    boolean advance() {
      for (var share = shares.peek(); share != null; share = shares.peek()) {
        J first = share.first(passedOver);
        if (first != null) {
          next = first;
          return true;
        }
        shares.remove();
      }
      return false;
    }

    /** Goes past all that need the same as what goes next. */
    void passOver() {
      passedOver = passedOver.isEmpty() ? new HashSet<>() : passedOver;
      passedOver.add(homeOf(next));
    }

    /** Puts the first share to where it belongs now that something of it has started. */
    void charge(Allocation started) {
      ShareState<J> share = shares.remove();
      share.charge(started);
      shares.add(share);
    }
  }

  /**
   * Starts all that can start.
   *
   * @param queues all queues
   * @param now in nanoseconds
   * @param start is told each start; it takes the job out of its queue when nothing more of it can
   *     start
   */
  public static <J extends Candidate> void run(
      Collection<QueueState<J>> queues, long now, BiConsumer<J, Allocation> start) {
    SchedulingPass<J> pass = new SchedulingPass<>(now, start);
    for (QueueState<J> queue : queues) {
      for (EnvironmentState environment : queue.environments()) {
        environment.open();
      }
      queue.begin(now);
    }
    for (QueueState<J> queue : queues) {
      if (queue.definition().enabled() && !queue.isEmpty()) {
        pass.enter(queue);
      }
    }
    for (Line<J> line = pass.lines.poll(); line != null; line = pass.lines.poll()) {
      pass.serve(line);
    }
  }

  private void enter(QueueState<J> queue) {
    J first = queue.shares().any();
    if (first != null) {
      Line<J> line = new Line<>(queue, now, first);
      if (line.advance()) {
        lines.add(line);
      }
    }
  }

  /** Starts what goes next in a line, as often as it can, or lets it wait. */
  private void serve(Line<J> line) {
    J job = line.next;
    while (line.next == job) {
      Allocation started = startOne(line.queue, job);
      if (started != null) {
        line.charge(started);
      } else if (!block(line)) {
        return;
      }
      if (!line.advance()) {
        return;
      }
    }
    lines.add(line);
  }

  /** Whether the line goes on behind a job that does not fit. */
  private boolean block(Line<J> line) {
    QueueState<J> queue = line.queue;
    Demand demand = line.next.demand();
    if (!queue.couldStart(demand)) {
      line.passOver();
      return true;
    }
    if (queue.policy().backfills()) {
      reserve(queue, line.next);
      backfill(line);
    } else {
      queue.environments().forEach(EnvironmentState::close);
    }
    return false;
  }

  @SuppressWarnings("unchecked") // it waits in a queue of such
  private static <J extends Candidate> DemandClass<J> homeOf(J job) {
    DemandClass<?> home = job.home;
    if (home == null) {
      throw new IllegalStateException("does not wait: " + job);
    }
    return (DemandClass<J>) home;
  }

  private @Nullable Allocation startOne(QueueState<J> queue, J job) {
    Allocation allocation = place(queue, job, job.demand());
    if (allocation != null) {
      Reservation promise = queue.promise();
      if (promise != null && job.limit() > promise.start() - now) {
        promise.takeRoom(allocation.cpus());
      }
      queue.started(job, allocation, job.limit(), now);
      start.accept(job, allocation);
    }
    return allocation;
  }

  private @Nullable Allocation place(QueueState<J> queue, J job, Demand demand) {
    for (EnvironmentState environment : queue.environments()) {
      if (isOpenFor(environment, queue)) {
        Reservation also = alsoIn(environment, job);
        if (isAllowed(environment, queue, job, also)) {
          Allocation allocation = environment.place(demand, also);
          if (allocation != null) {
            return allocation;
          }
        }
      }
    }
    return null;
  }

  /** The reservation whose rest a job has to fit into, if it does not end before that begins. */
  private @Nullable Reservation alsoIn(EnvironmentState environment, J job) {
    Reservation held = environment.reservation();
    return held == null || job.limit() <= held.start() - now ? null : held;
  }

  private boolean isAllowed(
      EnvironmentState environment, QueueState<J> queue, J job, @Nullable Reservation also) {
    return job.limit() <= longestAllowed(queue, environment.cpusFor(job.demand(), also));
  }

  /** How long more cpus may be used by the queue as a whole, where its policy keeps some back. */
  private long longestAllowed(QueueState<J> queue, long more) {
    if (more > queue.room()) {
      return -1;
    }
    Reservation promise = queue.promise();
    return promise == null || more <= promise.room() ? Candidate.UNLIMITED : promise.start() - now;
  }

  /** A queue without backfill never goes past a reservation. */
  private boolean isOpenFor(EnvironmentState environment, QueueState<J> queue) {
    return !environment.isClosed()
        && (environment.reservation() == null || queue.policy().backfills());
  }

  /** Reserves where the job can start first; where nobody can tell when, nothing may overtake. */
  private void reserve(QueueState<J> queue, J job) {
    Reservation earliest = null;
    EnvironmentState where = null;
    for (EnvironmentState environment : queue.environments()) {
      if (!environment.isClosed()
          && environment.reservation() == null
          && queue.couldStart(environment, job.demand())) {
        Reservation found = Reservation.of(environment, queue, job, now);
        if (found != null && (earliest == null || found.start() < earliest.start())) {
          earliest = found;
          where = environment;
        } else if (found == null) {
          environment.close();
        }
      }
    }
    if (where != null && earliest != null) {
      where.reserve(earliest);
      queue.promise(earliest);
    }
  }

  /** Starts what does not put off the job that a reservation was made for. */
  private void backfill(Line<J> line) {
    QueueState<J> queue = line.queue;
    if (isFull(queue)) {
      return;
    }
    for (ShareState<J> share : line.shares) {
      share.mayStart.clear();
      for (DemandClass<J> present : share.classes()) {
        present.beginWalk();
        consider(queue, present);
      }
    }
    for (ShareState<J> share = line.shares.poll();
        share != null && !isFull(queue);
        share = line.shares.poll()) {
      Allocation started = startNext(queue, share);
      if (started != null) {
        share.charge(started);
        line.shares.add(share);
      }
    }
  }

  /** Starts the first of a share that may start, if any may. */
  private @Nullable Allocation startNext(QueueState<J> queue, ShareState<J> share) {
    for (var next = share.mayStart.poll(); next != null; next = share.mayStart.poll()) {
      J job = next.candidate();
      Allocation started = job.home == next ? startOne(queue, job) : null;
      if (started == null) {
        next.passed(job);
      }
      if (next.first() != null) {
        consider(queue, next);
      }
      if (started != null) {
        return started;
      }
    }
    return null;
  }

  /** Lets the first of a class that may start take its place among those of its share. */
  private void consider(QueueState<J> queue, DemandClass<J> present) {
    ShareState<J> share = present.share();
    share.touched++;
    J first = firstThatMay(queue, present);
    if (first != null) {
      present.propose(first);
      share.mayStart.add(present);
    }
  }

  private boolean isFull(QueueState<J> queue) {
    for (EnvironmentState environment : queue.environments()) {
      if (isOpenFor(environment, queue) && !environment.isFull()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Who of a class goes next in the walk, as far as that can be known before its turn: how many
   * cpus an exclusive job takes depends on the nodes that are empty then.
   */
  private @Nullable J firstThatMay(QueueState<J> queue, DemandClass<J> present) {
    if (present.demand.exclusive() && queue.open() != Long.MAX_VALUE) {
      J next = present.firstNotPassed();
      Reservation promise = queue.promise();
      if (next != null && promise != null && promise.holder == next) {
        present.passed(next); // the walk is through the rest
        next = present.firstNotPassed();
      }
      return next;
    }
    long limit = -1;
    for (EnvironmentState environment : queue.environments()) {
      if (isOpenFor(environment, queue) && environment.hasRoomFor(present.demand)) {
        limit = Math.max(limit, longestIn(queue, environment, present.demand));
      }
    }
    if (limit < 0) {
      return null;
    }
    return limit == Candidate.UNLIMITED ? present.first() : present.firstWithin(limit);
  }

  private long longestIn(QueueState<J> queue, EnvironmentState environment, Demand demand) {
    Reservation held = environment.reservation();
    boolean isBeside = held == null || environment.hasRoomFor(demand, held);
    long cpus = environment.cpusFor(demand, null);
    long allowed = longestAllowed(queue, cpus);
    return isBeside || held == null ? allowed : Math.min(allowed, held.start() - now);
  }
}
