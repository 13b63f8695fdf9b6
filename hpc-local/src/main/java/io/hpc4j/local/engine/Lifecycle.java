package io.hpc4j.local.engine;

import io.hpc4j.local.schedule.Allocation;
import io.hpc4j.local.schedule.Candidate;
import io.hpc4j.local.schedule.Demand;
import io.hpc4j.local.schedule.Nanos;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.spi.FailureBudget;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves jobs and elements from state to state, with all that follows from it. Owned by the loop.
 */
final class Lifecycle {
  private final TimeSource time;
  private final Loop loop;
  private final Outbox outbox;
  private final Ledger ledger;
  private final Duration grace;
  private final Dependencies dependencies = new Dependencies(this);
  private final Deque<Runnable> consequences = new ArrayDeque<>();
  private boolean runsConsequences;
  private int running;
  private Consumer<JobRecord> ends = job -> {};
  private int open;
  private RunFactory runs =
      live -> {
        throw new IllegalStateException("not open");
      };

  Lifecycle(TimeSource time, Loop loop, Outbox outbox, Ledger ledger, Duration grace) {
    this.time = time;
    this.loop = loop;
    this.outbox = outbox;
    this.ledger = ledger;
    this.grace = grace;
  }

  void runBy(RunFactory factory) {
    runs = factory;
  }

  /** Sets who is told of each job that has ended, with all that follows from it. */
  void tellEnds(Consumer<JobRecord> receiver) {
    ends = receiver;
  }

  Instant now() {
    return time.instant();
  }

  /** Schedules an event of the engine. */
  Cancellable at(Instant when, Phase phase, Runnable event) {
    Runnable whole =
        () -> {
          event.run();
          runConsequences();
        };
    return time.schedule(when, phase, () -> loop.post(whole));
  }

  /** Does something when the present change is complete, so that chains need no deep stack. */
  void then(Runnable consequence) {
    consequences.add(consequence);
  }

  void runConsequences() {
    if (runsConsequences) {
      return; // a consequence has ended something; who runs it goes on to what that added
    }
    runsConsequences = true;
    try {
      for (Runnable next = consequences.poll(); next != null; next = consequences.poll()) {
        next.run();
      }
    } finally {
      runsConsequences = false;
    }
  }

  /** Takes in a job that has been checked; dependencies that cannot be met any more end it. */
  void accept(JobRecord job, DependencyTargets targets) {
    job.held = job.request.hold();
    enter(job);
    watch(job);
    dependencies.wire(job, targets);
    update(job);
    if (job.queue.definition().policy().reservation() > 0) {
      loop.requestPass(); // a share more that is active leaves others more, even if the job waits
    }
    outbox.changed(job);
    runConsequences();
  }

  private void enter(JobRecord job) {
    open++;
    job.queue.accepted(job.share());
  }

  /** How many jobs and arrays have not ended. */
  int open() {
    return open;
  }

  private void watch(JobRecord job) {
    job.request
        .begin()
        .filter(begin -> begin.isAfter(now()))
        .ifPresent(
            begin -> {
              job.begun = false;
              job.addTimer(at(begin, Phase.SUBMIT, () -> begin(job)));
            });
    job.request
        .deadline()
        .ifPresent(deadline -> job.addTimer(at(deadline, Phase.END, () -> miss(job, deadline))));
  }

  /** Goes on with a job that was restored from facts and had not ended. */
  void resume(JobRecord job, DependencyTargets targets) {
    enter(job);
    if (job.cannotRunAgain != null) {
      Ending ending = Ending.of(Reason.NODE_FAILURE, job.cannotRunAgain);
      List.copyOf(job.live.values()).forEach(live -> lose(live, ending, true));
      endWaiting(job, ending);
      runConsequences();
      return;
    }
    watch(job);
    dependencies.wire(job, targets);
    for (Live live : List.copyOf(job.live.values())) {
      if (live.isActive() && runs.canAdopt(live)) {
        adopt(live);
      } else if (live.isActive() && live.decision == null && runs.wasNeverStarted(live)) {
        repeatWhenDue(new Live(job, live.rank, live.attempt, live.memory));
      } else if (live.isActive()) {
        runs.endRemains(live);
        lose(live, Ending.of(Reason.NODE_FAILURE, "the program that ran it has died"), false);
      } else {
        repeatWhenDue(live);
      }
    }
    if (job.cancelReason != null) {
      endWaiting(job, Ending.of(Reason.CANCELLED, job.cancelReason));
    }
    spendBudget(job);
    breakSequence(job);
    finishIfAllEnded(job, now());
    update(job);
    runConsequences();
  }

  /** Counts a restored job as ended whose elements all are, without anything following from it. */
  void restoreEnd(JobRecord job) {
    boolean all = job.elements.untouched() == 0 && job.live.isEmpty();
    if (all) {
      job.ending = job.isArray() ? endingOfArray(job) : Views.ending(job, 0);
      job.endedAt = job.elements.lastEnd().orElse(now());
    }
  }

  private void activate(JobRecord job) {
    job.active++;
    running++;
  }

  /** How many attempts run now. */
  int running() {
    return running;
  }

  /** Goes on with an attempt that outlived the program that started it. */
  private void adopt(Live live) {
    Instant since = live.startedAt == null ? now() : live.startedAt;
    activate(live.job);
    live.state = JobState.STARTING;
    Run run = runs.adopt(live);
    live.run = run;
    run.start();
    running(live, since);
    if (live.decision != null) {
      live.addTimer(at(TimeSource.plus(now(), grace), Phase.END, run::kill));
      run.terminate();
    }
  }

  /** An attempt has ended, and nobody knows how. */
  private void lose(Live live, Ending ending, boolean last) {
    if (live.isActive()) {
      live.isLast = live.isLast || last;
      activate(live.job);
      ended(live, ending, null);
    }
  }

  private void begin(JobRecord job) {
    job.begun = true;
    update(job);
    outbox.changed(job);
  }

  private void miss(JobRecord job, Instant deadline) {
    Ending ending = Ending.of(Reason.DEADLINE, "had not ended by its deadline " + deadline);
    endWaiting(job, ending);
    stopAll(job, ending);
  }

  void changed(JobRecord job) {
    outbox.changed(job);
  }

  void changed(JobRecord job, int rank) {
    outbox.changed(job, rank);
  }

  void hold(JobRecord job, boolean held) {
    if (!job.hasEnded() && job.held != held) {
      job.held = held;
      ledger.note(facts -> facts.held(job));
      for (Live live : job.repeatable()) {
        live.state = job.repeatableState();
        job.elements.set(live.rank, live.state);
        outbox.changed(job, live.rank);
      }
      update(job);
      outbox.changed(job);
    }
  }

  /**
   * Brings the queue in line with what of a job could start now. Not only who comes to the queue
   * changes who starts next: who leaves it may have stood in the way of others.
   */
  void update(JobRecord job) {
    if (refresh(job)) {
      loop.requestPass();
    }
  }

  /** Returns whether it waits in the queue, or has until now. */
  private boolean refresh(JobRecord job) {
    if (job.canStart()) {
      job.queue.add(job);
      watchUnschedulable(job);
      return true;
    }
    if (!job.isOpen()) {
      cancelUnschedulable(job);
    }
    return job.queue.remove(job);
  }

  private void watchUnschedulable(JobRecord job) {
    if (job.firstStart == null && job.unschedulableTimer == null) {
      job.request
          .unschedulableLimit()
          .ifPresent(
              limit ->
                  job.unschedulableTimer =
                      at(TimeSource.plus(now(), limit), Phase.END, () -> giveUp(job, limit)));
    }
  }

  private void giveUp(JobRecord job, Duration limit) {
    String why = Explainer.explain(job).map(reason -> ": " + reason.detail()).orElse("");
    endWaiting(job, Ending.of(Reason.UNSCHEDULABLE, "could not be started for " + limit + why));
  }

  private static void cancelUnschedulable(JobRecord job) {
    if (job.unschedulableTimer != null) {
      job.unschedulableTimer.cancel();
      job.unschedulableTimer = null;
    }
  }

  /** Starts the next attempt of a job on these nodes. */
  void start(JobRecord job, Allocation allocation) {
    Live live = nextAttempt(job);
    live.state = JobState.STARTING;
    live.takes(allocation);
    ledger.note(facts -> facts.started(live, now()));
    activate(job);
    job.addLive(live);
    job.elements.set(live.rank, JobState.STARTING);
    if (job.firstStart == null) {
      job.firstStart = now();
      cancelUnschedulable(job);
    }
    if (job.gate != null) {
      job.gate.taken(live.rank);
    }
    boolean unused = refresh(job); // without another pass: this one goes on with the job
    outbox.changed(job, live.rank);
    live.run = runs.create(live);
    live.run.start();
  }

  private static Live nextAttempt(JobRecord job) {
    for (Live first : job.repeatable()) {
      job.removeRepeatable(first.rank);
      return first;
    }
    return new Live(job, job.nextFresh(), 1, job.memory());
  }

  /** An attempt is at work. */
  void running(Live live, Instant since) {
    if (live.state != JobState.STARTING) {
      return;
    }
    live.state = JobState.RUNNING;
    live.startedAt = since;
    live.job.elements.set(live.rank, JobState.RUNNING);
    live.job.elements.started(live.rank, live.mainNode(), since);
    if (live.job.limit() != Candidate.UNLIMITED && !endsWithin(live.run, live.job.limit())) {
      Duration timeout = Duration.ofNanos(live.job.limit());
      live.addTimer(at(TimeSource.plus(since, timeout), Phase.END, () -> timeOut(live, timeout)));
    }
    outbox.changed(live.job, live.rank);
  }

  private static boolean endsWithin(@Nullable Run run, long limit) {
    return run != null && run.endsWithin(limit);
  }

  private void timeOut(Live live, Duration timeout) {
    stop(live, Ending.of(Reason.TIMEOUT, "ran longer than its timeout of " + timeout));
  }

  /** Ends an attempt: asks it to, and does it after the grace. The first decision stands. */
  void stop(Live live, Ending decision) {
    if (!live.isActive()) {
      return;
    }
    if (live.decision == null) {
      live.decision = decision;
      ledger.note(facts -> facts.decided(live, decision));
      Run run = live.run;
      if (run != null) {
        live.addTimer(at(TimeSource.plus(now(), grace), Phase.END, run::kill));
        run.terminate();
      }
    } else if (decision.reason() != Reason.TIMEOUT) {
      live.isLast = true;
      Ending first = live.decision;
      ledger.note(facts -> facts.decided(live, first));
    }
  }

  /** Ends an attempt at once. */
  void kill(Live live, Ending decision) {
    if (live.isActive()) {
      if (live.decision == null) {
        live.decision = decision;
        ledger.note(facts -> facts.decided(live, decision));
      }
      Run run = live.run;
      if (run != null) {
        run.kill();
      }
    }
  }

  void stopAll(JobRecord job, Ending decision) {
    List.copyOf(job.live.values()).forEach(live -> stop(live, decision));
  }

  /** An attempt has ended. */
  void ended(Live live, Ending natural, @Nullable Object result) {
    if (!live.isActive()) {
      return;
    }
    JobRecord job = live.job;
    Ending first = live.decision == null ? natural : natural.decided(live.decision);
    Optional<RetryPolicy.Retry> wanted = retry(live, first);
    Optional<RetryPolicy.Retry> retry = wanted.filter(next -> couldEverHold(job, next));
    Ending ending =
        wanted.isEmpty() || retry.isPresent() ? first : first.with(tooMuch(wanted.get()));
    live.cancelTimers();
    live.state = ending.state();
    job.active--;
    running--;
    job.removeLive(live.rank);
    release(live);
    Instant end = live.processEnd == null ? now() : live.processEnd;
    if (retry.isEmpty() && result == null && live.isPlain(ending)) {
      job.elements.used(live.rank, live.cpuTime(), live.peakMemory());
    } else {
      job.remember(
          live.rank, ending, Views.ended(live, ending, end), retry.isEmpty() ? result : null);
    }
    @Nullable Live next = retry.map(again -> next(live, again, end)).orElse(null);
    ledger.note(facts -> facts.ended(job, live.rank, Views.ended(live, ending, end), ending, next));
    runs.ended(live);
    if (next != null) {
      repeatWhenDue(next);
    } else {
      finish(job, live.rank, ending, end);
    }
    update(job);
    outbox.changed(job, live.rank);
    runConsequences();
  }

  private void release(Live live) {
    Allocation allocation = live.allocation;
    Run run = live.run;
    if (allocation != null && run != null) {
      run.whenReleased(
          () -> {
            allocation.release(Nanos.of(now()));
            loop.requestPass();
          });
    }
  }

  private Optional<RetryPolicy.Retry> retry(Live live, Ending ending) {
    JobRecord job = live.job;
    boolean over = live.isLast || job.cancelReason != null || job.budgetSpent || job.hasEnded();
    if (over || (live.decision != null && live.decision.reason() == Reason.CANCELLED)) {
      return Optional.empty();
    }
    return job.definition.retry().next(live.attempt, ending.reason(), ending.exit(), live.memory);
  }

  private static boolean couldEverHold(JobRecord job, RetryPolicy.Retry retry) {
    return job.queue.couldEverHold(Demand.of(job.definition.resources(), retry.memoryPerNode()));
  }

  private static String tooMuch(RetryPolicy.Retry retry) {
    return "no further attempt: no node could ever hold its " + retry.memoryPerNode();
  }

  private static Live next(Live ended, RetryPolicy.Retry retry, Instant now) {
    Live next = new Live(ended.job, ended.rank, ended.attempt + 1, retry.memoryPerNode());
    next.notBefore = retry.delay().isZero() ? null : TimeSource.plus(now, retry.delay());
    return next;
  }

  /** Lets an attempt wait until it may start again. */
  private void repeatWhenDue(Live next) {
    JobRecord job = next.job;
    Instant due = next.notBefore;
    boolean now = due == null || !due.isAfter(now());
    next.state = now ? job.repeatableState() : JobState.PENDING;
    job.addLive(next);
    job.elements.set(next.rank, next.state);
    if (due == null || now) {
      job.addRepeatable(next);
    } else {
      next.addTimer(at(due, Phase.SUBMIT, () -> becomeRepeatable(next)));
    }
  }

  private void becomeRepeatable(Live live) {
    live.state = live.job.repeatableState();
    live.job.elements.set(live.rank, live.state);
    live.job.addRepeatable(live);
    update(live.job);
    outbox.changed(live.job, live.rank);
  }

  /** An element has ended for good. */
  private void finish(JobRecord job, int rank, Ending ending, Instant end) {
    job.endElement(rank, ending, end);
    if (job.gate != null) {
      job.gate.taken(rank);
    }
    // first of all: what follows may end the whole job, after which nobody is told of elements
    then(() -> dependencies.elementEnded(job, rank));
    spendBudget(job);
    breakSequence(job);
    finishIfAllEnded(job, end);
  }

  private void breakSequence(JobRecord job) {
    if (job.isSequenceBroken()) {
      endWaiting(
          job,
          Ending.of(
              Reason.DEPENDENCY_FAILED,
              "element "
                  + job.indices.indexAt(job.brokenAt)
                  + " before it ended "
                  + job.state(job.brokenAt)));
    }
  }

  private void spendBudget(JobRecord job) {
    Optional<FailureBudget> budget = FailureBudget.of(job.request);
    if (budget.isPresent() && !job.budgetSpent && budget.get().isSpentBy(job.failures())) {
      job.budgetSpent = true;
      Ending ending = Ending.of(Reason.CANCELLED, budget.get().sentence().message());
      endWaiting(job, ending);
      if (job.request.failFast()) {
        stopAll(job, ending);
      }
    }
  }

  /** Ends all elements that have not started, and those that wait to be repeated. */
  void endWaiting(JobRecord job, Ending ending) {
    if (job.hasEnded()) {
      return;
    }
    Instant end = now();
    for (Live live : new ArrayList<>(job.live.values())) {
      // the end of one may have spent the failure budget, and so ended the others
      if (!live.isActive() && job.live.get(live.rank) == live) {
        endRepeat(live, ending);
      }
    }
    boolean anyUntouched = job.elements.untouched() > 0;
    if (anyUntouched) {
      job.endRest(ending, end);
      ledger.note(facts -> facts.restEnded(job, ending, end));
      then(() -> dependencies.restEnded(job));
    }
    finishIfAllEnded(job, end);
    update(job);
    if (job.isArray() || anyUntouched) {
      outbox.changed(job);
    }
  }

  private void endRepeat(Live live, Ending ending) {
    JobRecord job = live.job;
    live.cancelTimers();
    live.state = ending.state();
    job.removeLive(live.rank);
    job.removeRepeatable(live.rank);
    Instant end = now();
    Attempt attempt =
        Views.ended(live.attempt, ending, List.of(), null, end, Optional.empty(), Optional.empty());
    job.remember(live.rank, ending, attempt, null);
    ledger.note(facts -> facts.ended(job, live.rank, attempt, ending, null));
    finish(job, live.rank, ending, end);
    outbox.changed(job, live.rank);
  }

  /** Ends one element that has not started, or waits to be repeated. */
  void endWaiting(JobRecord job, int rank, Ending ending) {
    Live live = job.live.get(rank);
    if (live != null && !live.isActive()) {
      endRepeat(live, ending);
    } else if (job.elements.isUntouched(rank)) {
      job.elements.detailToChange(rank).ending = ending;
      Instant end = now();
      ledger.note(facts -> facts.ended(job, rank, Views.noAttempt(end), ending, null));
      finish(job, rank, ending, end);
      outbox.changed(job, rank);
    }
    update(job);
  }

  void cancel(JobRecord job, String reason) {
    if (job.hasEnded()) {
      return;
    }
    if (job.cancelReason == null) {
      job.cancelReason = reason;
      ledger.note(facts -> facts.cancelled(job, reason));
    }
    Ending ending = Ending.of(Reason.CANCELLED, job.cancelReason);
    endWaiting(job, ending);
    stopAll(job, ending);
    runConsequences();
  }

  void cancel(JobRecord job, int rank, String reason) {
    Ending ending = Ending.of(Reason.CANCELLED, reason);
    Live live = job.live.get(rank);
    if (live != null && live.isActive()) {
      stop(live, ending);
    } else {
      endWaiting(job, rank, ending);
    }
    runConsequences();
  }

  private void finishIfAllEnded(JobRecord job, Instant end) {
    if (job.hasEnded() || job.elements.untouched() > 0 || !job.live.isEmpty()) {
      return;
    }
    job.ending = job.isArray() ? endingOfArray(job) : Views.ending(job, 0);
    job.endedAt = end;
    open--;
    job.cancelTimers();
    cancelUnschedulable(job);
    job.queue.finished(job.share(), Nanos.of(now()));
    then(() -> dependencies.jobEnded(job));
    then(() -> runs.forget(job));
    then(() -> ends.accept(job));
  }

  /**
   * Cancelled only if the array was cancelled; else failed like its lowest failing element; an
   * array of which only single elements were cancelled has not succeeded either.
   */
  private static Ending endingOfArray(JobRecord job) {
    Elements elements = job.elements;
    if (elements.count(JobState.SUCCEEDED) == elements.size()) {
      return Ending.of(Reason.SUCCESS, "");
    }
    if (job.cancelReason != null && elements.count(JobState.CANCELLED) > 0) {
      return Ending.of(Reason.CANCELLED, job.cancelReason);
    }
    if (job.lowestFailed < elements.size()) {
      Ending lowest = Views.ending(job, job.lowestFailed);
      return Ending.of(
          lowest.reason(),
          "element "
              + job.indices.indexAt(job.lowestFailed)
              + ": "
              + (lowest.message().isEmpty()
                  ? lowest.exit().map(String::valueOf).orElse(lowest.reason().name())
                  : lowest.message()));
    }
    return new Ending(
        Reason.CANCELLED,
        Optional.empty(),
        elements.count(JobState.CANCELLED) + " elements were cancelled one by one");
  }
}
