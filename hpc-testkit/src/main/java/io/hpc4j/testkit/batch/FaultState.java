package io.hpc4j.testkit.batch;

import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What goes wrong, as it is set, and what was asked. Thread-safe. */
public final class FaultState {
  /** What becomes of one request. */
  enum Fate {
    /** It is answered. */
    ANSWERED,
    /** It is refused, for there are too many. */
    THROTTLED,
    /** It fails. */
    FAILED,
    /** It is carried out, and nobody is told. */
    UNANSWERED
  }

  private static final String STRANGE = "HIBERNATING";

  private final TimeSource time;
  private final Random random = new Random(1);
  private final Map<String, Integer> calls = new HashMap<>();
  private final List<Instant> submitTimes = new ArrayList<>();
  private int repliesToLose;
  private int loseEvery;
  private int accepted;
  private int throttles;
  private Instant throttledUntil = Instant.MIN;
  private double throttledFraction;
  private int failures;
  private Duration delay = Duration.ZERO;
  private Duration late = Duration.ZERO;
  private Duration unseen = Duration.ZERO;
  private boolean strangeWords;
  private boolean exitCodes = true;
  private int submitsPerSecond;

  /** Creates one without faults. */
  public FaultState(TimeSource time) {
    this.time = time;
  }

  /** The replies to the next submissions are lost. */
  public synchronized void loseReplies(int count) {
    repliesToLose = count;
  }

  /** The reply to each n-th submission is lost; 0 for none. */
  public synchronized void loseEvery(int n) {
    loseEvery = n;
    accepted = 0;
  }

  /** The next calls are throttled. */
  public synchronized void throttle(int count) {
    throttles = count;
  }

  /** All calls are throttled for this long. */
  public synchronized void throttleFor(Duration duration) {
    throttledUntil = WorkToCome.in(duration, time);
  }

  /** This part of all calls is throttled. */
  public synchronized void throttleFraction(double fraction) {
    throttledFraction = fraction;
  }

  /** The next calls fail. */
  public synchronized void fail(int count) {
    failures = count;
  }

  /** Answers come this much later, in real time. */
  public synchronized void delay(Duration duration) {
    delay = duration;
  }

  /** New jobs are shown this much later. */
  public synchronized void late(Duration duration) {
    late = duration;
  }

  /** New jobs are SUBMITTED for this long. */
  public synchronized void unseen(Duration duration) {
    unseen = duration;
  }

  /** Statuses are words that nobody knows. */
  public synchronized void strangeWords(boolean value) {
    strangeWords = value;
  }

  /** Exit codes are told. */
  public synchronized void exitCodes(boolean value) {
    exitCodes = value;
  }

  /** So many submissions are taken in each second; 0 for any number. */
  public synchronized void submitsPerSecond(int count) {
    submitsPerSecond = count;
    submitTimes.clear();
  }

  /** How often an operation was called. */
  public synchronized int calls(String operation) {
    return calls.getOrDefault(operation, 0);
  }

  /** Counts a call; returns for how long it has to wait. */
  synchronized Duration arrived(String operation) {
    calls.merge(operation, 1, Integer::sum);
    return delay;
  }

  /** Decides what becomes of a call. */
  synchronized Fate fate(String operation) {
    if (throttles > 0) {
      throttles--;
      return Fate.THROTTLED;
    }
    if (time.instant().isBefore(throttledUntil) || random.nextDouble() < throttledFraction) {
      return Fate.THROTTLED;
    }
    if (failures > 0) {
      failures--;
      return Fate.FAILED;
    }
    if (!operation.equals("SubmitJob")) {
      return Fate.ANSWERED;
    }
    return exceedsRate() ? Fate.THROTTLED : fateOfSubmission();
  }

  private boolean exceedsRate() {
    if (submitsPerSecond == 0) {
      return false;
    }
    Instant now = time.instant();
    submitTimes.removeIf(then -> !then.plusSeconds(1).isAfter(now));
    if (submitTimes.size() >= submitsPerSecond) {
      return true;
    }
    submitTimes.add(now);
    return false;
  }

  private Fate fateOfSubmission() {
    accepted++;
    if (repliesToLose > 0) {
      repliesToLose--;
      return Fate.UNANSWERED;
    }
    return loseEvery > 0 && accepted % loseEvery == 0 ? Fate.UNANSWERED : Fate.ANSWERED;
  }

  synchronized Instant visibleFrom() {
    return WorkToCome.in(late, time);
  }

  synchronized Duration unseen() {
    return unseen;
  }

  synchronized boolean tellsExitCodes() {
    return exitCodes;
  }

  synchronized String word(Status status) {
    return strangeWords ? STRANGE : status.name();
  }
}
