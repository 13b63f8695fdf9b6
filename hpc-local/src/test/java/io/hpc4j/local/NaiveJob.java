package io.hpc4j.local;

import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A job of the naive scheduler: an array, or an array of one. Times are seconds. */
final class NaiveJob {
  /** A limit that is none, and an end that nobody knows. */
  static final long NEVER = Long.MAX_VALUE;

  /** Of two jobs in one share, or in a queue without shares, who goes first. */
  static final Comparator<NaiveJob> ORDER =
      Comparator.comparing((NaiveJob job) -> -job.request.priority())
          .thenComparing(job -> job.number);

  final int number;
  final JobRequest request;
  final String queue;
  final long limit;
  final List<Element> elements = new ArrayList<>();
  boolean held;
  private long endedAt;

  /** How long an element runs if nothing ends it. */
  @FunctionalInterface
  interface Run {
    long seconds(int index);
  }

  NaiveJob(int number, JobRequest request, JobQueue queue, Run run) {
    this.number = number;
    this.request = request;
    this.queue = queue.name();
    limit =
        request
            .effective()
            .timeout()
            .or(queue::defaultTimeout)
            .map(Duration::toSeconds)
            .orElse(NEVER);
    held = request.hold();
    for (int i = 0; i < request.size(); i++) {
      elements.add(new Element(i, Math.min(run.seconds(i), limit), run.seconds(i) > limit));
    }
  }

  Resources need() {
    return request.effective().resources();
  }

  /** Whether another job stands in the same line and needs the same. */
  boolean isLike(NaiveJob other) {
    return queue.equals(other.queue)
        && share().equals(other.share())
        && need().equals(other.need());
  }

  String share() {
    return request.share().orElse("");
  }

  boolean hasEnded() {
    return elements.stream().allMatch(element -> element.state == State.ENDED);
  }

  /** When its last element ended. */
  long endedAt() {
    return endedAt;
  }

  long count(State state) {
    return elements.stream().filter(element -> element.state == state).count();
  }

  /** Whether nothing concerns it but capacity. */
  boolean isReady() {
    return !held
        && count(State.WAITING) > 0
        && count(State.RUNNING) < request.throttle().orElse(Integer.MAX_VALUE);
  }

  /** The element that goes next: those to be repeated first, then in the order of the indices. */
  Element next() {
    return elements.stream()
        .filter(element -> element.state == State.WAITING)
        .min(
            Comparator.comparing((Element element) -> element.attempts.isEmpty())
                .thenComparing(element -> element.index))
        .orElseThrow();
  }

  enum State {
    WAITING,
    RUNNING,
    ENDED
  }

  /** One run of an element on its nodes; its end is the one to come while it runs. */
  static final class Attempt {
    final String environment;
    final List<String> nodes;
    final int cpus;
    final long start;
    final long expectedEnd;
    long end;

    Attempt(String environment, List<String> nodes, int cpus, long start, Element element) {
      this.environment = environment;
      this.nodes = nodes;
      this.cpus = cpus;
      this.start = start;
      end = start + element.run;
      expectedEnd = element.job().limit == NEVER ? NEVER : start + element.job().limit;
    }
  }

  /** One element of the array. */
  final class Element {
    final int index;
    final long run;
    final boolean exceedsLimit;
    final List<Attempt> attempts = new ArrayList<>();
    State state = State.WAITING;
    Optional<Reason> reason = Optional.empty();
    long ended;

    Element(int index, long run, boolean exceedsLimit) {
      this.index = index;
      this.run = run;
      this.exceedsLimit = exceedsLimit;
    }

    NaiveJob job() {
      return NaiveJob.this;
    }

    Attempt last() {
      return attempts.get(attempts.size() - 1);
    }

    void end(Reason why, long now) {
      if (state == State.RUNNING) {
        last().end = now;
      }
      state = State.ENDED;
      reason = Optional.of(why);
      ended = now;
      endedAt = now;
    }

    /** Ends what runs; it waits again if its policy repeats what ended so. */
    void fail(Reason why, long now) {
      boolean again = attempts.size() < request.effective().retry().maxAttempts();
      end(why, now);
      if (again) {
        state = State.WAITING;
        reason = Optional.empty();
      }
    }
  }
}
