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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * What a {@link ScriptedBackend} does wrong, and what it was asked. Counts are used up one by one;
 * switches stay until they are switched again. Thread-safe.
 */
public final class Faults {
  private final TimeSource time;
  private final Random random = new Random(1);
  private final Map<JobId, Instant> sent = new HashMap<>();
  private final Map<JobId, List<JobStatus>> history = new HashMap<>();
  private final Set<JobId> forgotten = new HashSet<>();
  private Duration late = Duration.ZERO;
  private int refused;
  private int dropped;
  private int lost;
  private int failing;
  private int stale;
  private boolean searchable = true;
  private boolean disordered;
  private boolean regressing;
  private boolean strangers;
  private boolean strangeWords;
  private int submits;
  private int finds;
  private int describes;
  private int lastAsked;

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

  /** Answers are as many answers old. */
  public synchronized Faults staleBy(int answers) {
    stale = answers;
    return this;
  }

  /** A job is missing from answers until it is remembered. */
  public synchronized Faults forget(JobId id) {
    forgotten.add(id);
    return this;
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

  /** Native states are words that nobody knows. */
  public synchronized Faults strangeWords(boolean value) {
    strangeWords = value;
    return this;
  }

  /** How many submissions were tried. */
  public synchronized int submitCalls() {
    return submits;
  }

  /** How many searches there were. */
  public synchronized int findCalls() {
    return finds;
  }

  /** How many questions there were. */
  public synchronized int describeCalls() {
    return describes;
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
    if (lost > 0) {
      lost--;
      throw ScriptedBackend.lostReply(id);
    }
  }

  /** Returns what the search says by itself; empty to let the truth be told. */
  synchronized Optional<Lookup> beforeFind(JobId id) {
    finds++;
    if (!searchable) {
      return Optional.of(new Lookup.Unknown("by script"));
    }
    return isVisible(id)
        ? Optional.empty()
        : Optional.of(new Lookup.Unknown("it may still appear"));
  }

  private boolean isVisible(JobId id) {
    Instant visible = sent.get(id.job());
    return visible == null || !time.instant().isBefore(visible);
  }

  synchronized void beforeDescribe(Collection<JobId> ids) {
    describes++;
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
          if (isVisible(id) && !forgotten.contains(id)) {
            said.add(distorted(old));
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
    List<JobStatus> seen = history.computeIfAbsent(id, any -> new ArrayList<>());
    seen.add(status);
    return seen.get(Math.max(0, seen.size() - 1 - stale));
  }

  private JobStatus distorted(JobStatus status) {
    JobStatus.Builder b = status.toBuilder();
    if (strangeWords) {
      b.nativeState("FROBNICATING");
    }
    if (regressing && status.state().isEnded() && describes % 2 == 0) {
      b.state(JobState.RUNNING).reason(null).exit(null).endedAt(null);
    }
    return b.build();
  }

  private static JobStatus stranger(JobStatus status) {
    JobId id = JobId.create(status.id().backend(), status.id().scope());
    return status.toBuilder().id(id).state(JobState.FAILED).build();
  }
}
