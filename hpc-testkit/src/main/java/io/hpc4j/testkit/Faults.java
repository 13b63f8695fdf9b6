package io.hpc4j.testkit;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.spi.Lookup;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a {@link ScriptedBackend} does wrong, and what it was asked. Counts are used up one by one;
 * switches stay until they are switched again. Thread-safe.
 */
public final class Faults {
  private static final int MOST_REMEMBERED = 100;

  private final TimeSource time;
  private final Random random = new Random(1);
  private final Map<JobId, Instant> sent = new HashMap<>();
  private final Map<JobId, Deque<JobStatus>> history = new HashMap<>();
  private final Set<JobId> forgotten = new HashSet<>();
  private final Set<JobId> endingsTold = new HashSet<>();
  private Duration late = Duration.ZERO;
  private int refused;
  private int dropped;
  private int lost;
  private int failing;
  private int failingFinds;
  private int stale;
  private Predicate<JobId> omitted = id -> false;
  private boolean searchable = true;
  private boolean disordered;
  private boolean regressing;
  private boolean strangers;
  private boolean reusing;
  private boolean strangeWords;
  private int submits;
  private int arrivals;
  private int finds;
  private int lists;
  private int lastAsked;
  private final List<Instant> describes = new ArrayList<>();

  Faults(TimeSource time) {
    this.time = time;
  }

  /** New jobs are not to be seen for this long, and a search cannot tell for as long. */
  public synchronized Faults lateVisibility(Duration delay) {
    late = delay;
    return this;
  }

  /** The next submissions are refused. */
  public synchronized Faults refuseSubmissions(int count) {
    refused = count;
    return this;
  }

  /** The next submissions do not arrive, and nobody says so. */
  public synchronized Faults dropSubmissions(int count) {
    dropped = count;
    return this;
  }

  /** The next submissions arrive, and their replies do not. */
  public synchronized Faults loseReplies(int count) {
    lost = count;
    return this;
  }

  /** A search never finds out whether a submission has arrived. */
  public synchronized Faults searchable(boolean value) {
    searchable = value;
    return this;
  }

  /** The next questions fail. */
  public synchronized Faults failDescribes(int count) {
    failing = count;
    return this;
  }

  /** The next searches fail. */
  public synchronized Faults failFinds(int count) {
    failingFinds = count;
    return this;
  }

  /** Answers are as many answers old, at most 99. */
  public synchronized Faults staleBy(int answers) {
    if (answers < 0 || answers >= MOST_REMEMBERED) {
      throw new IllegalArgumentException("answers are 0..99 answers old, not " + answers);
    }
    stale = answers;
    return this;
  }

  /** Jobs and elements for which this holds are missing from answers; default: none is. */
  public synchronized Faults omit(Predicate<JobId> which) {
    omitted = which;
    return this;
  }

  /** A job is missing from answers until it is remembered. */
  public synchronized Faults forget(JobId id) {
    forgotten.add(id);
    return this;
  }

  /** A job is missing from answers for this long. Remembering it counts as work. */
  public synchronized Faults forget(JobId id, Duration duration) {
    time.schedule(duration, Phase.END, () -> remember(id));
    return forget(id);
  }

  /** A forgotten job is known again. */
  public synchronized Faults remember(JobId id) {
    forgotten.remove(id);
    return this;
  }

  /** Answers come in any order. */
  public synchronized Faults disorder(boolean value) {
    disordered = value;
    return this;
  }

  /** Jobs that have ended are said to run every other time. */
  public synchronized Faults regress(boolean value) {
    regressing = value;
    return this;
  }

  /** Answers hold jobs that nobody asked for, with native ids of jobs that were asked for. */
  public synchronized Faults strangers(boolean value) {
    strangers = value;
    return this;
  }

  /**
   * Native ids of jobs that have ended are given to other jobs: once the ending has been told, the
   * answer for such a job is about another one.
   */
  public synchronized Faults reuseIds(boolean value) {
    reusing = value;
    return this;
  }

  /** Native states are words that nobody knows. */
  public synchronized Faults strangeWords(boolean value) {
    strangeWords = value;
    return this;
  }

  /** From now on nothing is wrong any more; what was counted stays counted. */
  public synchronized Faults none() {
    forgotten.clear();
    late = Duration.ZERO;
    sent.clear();
    return refuseSubmissions(0)
        .dropSubmissions(0)
        .loseReplies(0)
        .failDescribes(0)
        .failFinds(0)
        .staleBy(0)
        .omit(id -> false)
        .searchable(true)
        .disorder(false)
        .regress(false)
        .strangers(false)
        .reuseIds(false)
        .strangeWords(false);
  }

  /** How many submissions were tried. */
  public synchronized int submitCalls() {
    return submits;
  }

  /** How many submissions arrived, so that the inner backend took them. */
  public synchronized int arrivals() {
    return arrivals;
  }

  /** How many searches there were. */
  public synchronized int findCalls() {
    return finds;
  }

  /** How many questions there were. */
  public synchronized int describeCalls() {
    return describes.size();
  }

  /** When the questions were asked. */
  public synchronized List<Instant> describeTimes() {
    return List.copyOf(describes);
  }

  /** How many listings there were. */
  public synchronized int listCalls() {
    return lists;
  }

  /** How many jobs the last question was about. */
  public synchronized int lastAsked() {
    return lastAsked;
  }

  synchronized void beforeSubmit(JobId id) {
    submits++;
    if (refused > 0) {
      refused--;
      throw new BackendException("refused by script", null);
    }
    Instant visible = TimeSource.plus(time.instant(), late);
    sent.put(id, visible);
    if (!late.isZero()) {
      time.schedule(visible, Phase.END, () -> {}); // becoming visible is something that happens
    }
    if (dropped > 0) {
      dropped--;
      throw ScriptedBackend.lostReply(id);
    }
  }

  synchronized void afterSubmit(JobId id) {
    arrivals++;
    if (lost > 0) {
      lost--;
      throw ScriptedBackend.lostReply(id);
    }
  }

  /** Returns what the search says by itself; empty to let the truth be told. */
  synchronized Optional<Lookup> beforeFind(JobId id) {
    finds++;
    if (failingFinds > 0) {
      failingFinds--;
      throw new BackendException("could not be searched, by script", null);
    }
    if (!searchable) {
      return Optional.of(new Lookup.Unknown("by script"));
    }
    return isVisible(id)
        ? Optional.empty()
        : Optional.of(new Lookup.Unknown("it may still appear"));
  }

  /** Turns the true list into what is said. */
  synchronized List<JobStatus> list(List<JobStatus> truth) {
    lists++;
    return truth.stream().filter(status -> isTold(status.id())).toList();
  }

  private boolean isTold(JobId id) {
    return isVisible(id) && !forgotten.contains(id) && !omitted.test(id);
  }

  private boolean isVisible(JobId id) {
    Instant visible = sent.get(id.job());
    return visible == null || !time.instant().isBefore(visible);
  }

  synchronized void beforeDescribe(Collection<JobId> ids) {
    describes.add(time.instant());
    lastAsked = ids.size();
    if (failing > 0) {
      failing--;
      throw new BackendException("did not answer, by script", null);
    }
  }

  /** Turns the truth into what is said. */
  synchronized Map<JobId, JobStatus> answer(Map<JobId, JobStatus> truth) {
    List<JobStatus> said = new ArrayList<>();
    truth.forEach(
        (id, status) -> {
          JobStatus old = remembered(id, status);
          if (isTold(id)) {
            said.add(distorted(old, truth.values()));
          }
        });
    if (strangers) {
      List.copyOf(said).forEach(status -> said.add(stranger(status)));
    }
    if (disordered) {
      Collections.shuffle(said, random);
    }
    Map<JobId, JobStatus> answer = new LinkedHashMap<>();
    said.forEach(status -> answer.put(status.id(), status));
    return answer;
  }

  private JobStatus remembered(JobId id, JobStatus status) {
    Deque<JobStatus> seen = history.computeIfAbsent(id, any -> new ArrayDeque<>());
    seen.addFirst(status);
    if (seen.size() > MOST_REMEMBERED) {
      seen.removeLast();
    }
    return seen.stream().limit(stale + 1L).reduce(status, (newer, older) -> older);
  }

  private JobStatus distorted(JobStatus status, Collection<JobStatus> others) {
    JobStatus said = status;
    if (reusing && endingsTold.contains(status.id())) {
      said = reused(status, others);
    } else if (regressing && status.state().isEnded() && describes.size() % 2 == 0) {
      said = again(status, JobState.RUNNING);
    } else if (status.state().isEnded()) {
      endingsTold.add(status.id());
    }
    return strangeWords ? said.toBuilder().nativeState("FROBNICATING").build() : said;
  }

  private static JobStatus again(JobStatus ended, JobState state) {
    return ended.toBuilder().state(state).reason(null).exit(null).endedAt(null).build();
  }

  /** What is said of an ended job when its native id has gone to another one. */
  private static JobStatus reused(JobStatus ended, Collection<JobStatus> others) {
    return others.stream()
        .filter(other -> !other.state().isEnded())
        .findFirst()
        .map(other -> other.toBuilder().id(ended.id()).nativeId(ended.nativeId().orElse(null)))
        .map(JobStatus.Builder::build)
        .orElseGet(() -> again(ended, JobState.RUNNABLE));
  }

  private static JobStatus stranger(JobStatus status) {
    JobId id = JobId.create(status.id().backend(), status.id().scope());
    return status.toBuilder().id(id).state(JobState.FAILED).build();
  }
}
