package io.hpc4j.batch.status;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.AttemptDetail;
import software.amazon.awssdk.services.batch.model.EksAttemptDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobSummary;

/**
 * Reads AWS Batch's descriptions of jobs. Total: what it does not know it leaves out, and a state
 * that it does not know is none. Pure.
 */
public final class StatusMapper {
  private static final Map<String, JobState> STATES =
      Map.of(
          "SUBMITTED", JobState.SUBMITTED,
          "PENDING", JobState.PENDING,
          "RUNNABLE", JobState.RUNNABLE,
          "STARTING", JobState.STARTING,
          "RUNNING", JobState.RUNNING,
          "SUCCEEDED", JobState.SUCCEEDED,
          "FAILED", JobState.FAILED);

  private StatusMapper() {}

  /** A try at running, in whichever shape it is told of. */
  private record Try(
      Container container, @Nullable Long started, @Nullable Long stopped, String statusReason) {
    static Try of(AttemptDetail a, JobDetail job) {
      return new Try(Container.of(a, job), a.startedAt(), a.stoppedAt(), text(a.statusReason()));
    }

    static Try of(EksAttemptDetail a) {
      return new Try(Container.of(a), a.startedAt(), a.stoppedAt(), text(a.statusReason()));
    }
  }

  /** The state that a word of AWS's stands for; empty for one that is not known here. */
  public static Optional<JobState> state(@Nullable String word) {
    return word == null ? Optional.empty() : Optional.ofNullable(STATES.get(word));
  }

  /** What a description says. */
  public static Seen of(JobDetail job) {
    String word = text(job.statusAsString());
    String statusReason = text(job.statusReason());
    boolean stopped =
        Boolean.TRUE.equals(job.isCancelled()) || Boolean.TRUE.equals(job.isTerminated());
    Optional<JobState> state =
        stopped && isStillWaiting(job) ? Optional.of(JobState.CANCELLED) : state(word);
    boolean ended = state.map(JobState::isEnded).orElse(false);
    List<Try> tries = tries(job);
    Container present = Container.of(job);
    Container last = tries.isEmpty() ? present : present.or(last(tries).container());
    Optional<Causes> cause =
        ended
            ? Optional.of(
                Causes.of(
                    state.equals(Optional.of(JobState.SUCCEEDED)),
                    stopped,
                    statusReason,
                    last.reason(),
                    last.exitCode()))
            : Optional.empty();
    List<Attempt> attempts = new ArrayList<>();
    Map<Integer, String> streams = new HashMap<>();
    for (Try one : tries) {
      int number = attempts.size() + 1;
      boolean isLast = ended && number == tries.size();
      attempts.add(attempt(number, one, isLast ? cause : Optional.empty(), job));
      one.container().stream().ifPresent(stream -> streams.put(number, stream));
    }
    boolean goesOn = state.map(s -> s == JobState.RUNNING).orElse(false);
    if ((goesOn && attempts.stream().allMatch(a -> a.endedAt().isPresent()))
        || (ended && attempts.isEmpty() && job.startedAt() != null && !isArray(job))) {
      int number = attempts.size() + 1;
      Try now = new Try(present, job.startedAt(), job.stoppedAt(), statusReason);
      attempts.add(attempt(number, now, cause, job));
      present.stream().ifPresent(stream -> streams.put(number, stream));
    }
    boolean hasStarted = state.map(s -> s.compareTo(JobState.RUNNING) >= 0).orElse(false);
    return new Seen(
        cause.map(Causes::state).or(() -> state),
        cause.map(Causes::reason),
        ended && !isArray(job) ? exit(last.exitCode(), cause) : Optional.empty(),
        instant(job.createdAt()),
        hasStarted ? instant(job.startedAt()) : Optional.empty(),
        ended ? instant(job.stoppedAt()) : Optional.empty(),
        hasStarted || state.equals(Optional.of(JobState.STARTING)) ? last.nodes() : List.of(),
        ended ? words(cause, statusReason, last.reason()) : "",
        statusReason.isEmpty() ? word : word + ": " + statusReason,
        statusReason,
        attempts,
        streams,
        Container.logGroup(job),
        isArray(job) && job.arrayProperties().hasStatusSummary()
            ? job.arrayProperties().statusSummary()
            : Map.of());
  }

  /**
   * Whether it has not come as far as to wait for capacity. AWS ends a job that is told to end
   * while it waits for others only when these have ended; it never runs.
   */
  private static boolean isStillWaiting(JobDetail job) {
    boolean waits = List.of("SUBMITTED", "PENDING").contains(text(job.statusAsString()));
    return waits
        && (!isArray(job)
            || job.arrayProperties().statusSummary().entrySet().stream()
                .allMatch(e -> e.getValue() == 0 || e.getKey().equals("PENDING")));
  }

  /** Whether it is an array, rather than an element of one or a plain job. */
  public static boolean isArray(JobDetail job) {
    return job.arrayProperties() != null
        && job.arrayProperties().size() != null
        && job.arrayProperties().index() == null;
  }

  /** Whether an element failed that AWS lists as a success: one out of memory may exit with 0. */
  public static boolean failedAllTheSame(JobSummary element) {
    String reason = element.container() == null ? "" : text(element.container().reason());
    return Causes.of(true, false, "", reason, 0).state() == JobState.FAILED;
  }

  private static List<Try> tries(JobDetail job) {
    return job.hasEksAttempts()
        ? job.eksAttempts().stream().map(Try::of).toList()
        : job.attempts().stream().map(a -> Try.of(a, job)).toList();
  }

  private static Try last(List<Try> tries) {
    return tries.get(tries.size() - 1);
  }

  /** Of an attempt that was followed by another, only its own words tell how it ended. */
  private static Attempt attempt(int number, Try one, Optional<Causes> end, JobDetail job) {
    Optional<Instant> started = instant(one.started());
    Optional<Instant> stopped = instant(one.stopped());
    Optional<Causes> cause =
        end.or(
            () ->
                stopped.map(
                    at ->
                        Causes.of(
                            false,
                            false,
                            one.statusReason(),
                            one.container().reason(),
                            one.container().exitCode())));
    String words =
        cause.isPresent()
            ? words(
                cause,
                end.isPresent() ? text(job.statusReason()) : one.statusReason(),
                one.container().reason())
            : "";
    return new Attempt(
        number,
        cause.map(Causes::state).orElse(JobState.RUNNING),
        cause.map(Causes::reason),
        cause.isPresent() ? exit(one.container().exitCode(), cause) : Optional.empty(),
        one.container().nodes(),
        started,
        stopped,
        words,
        new Usage(
            started.flatMap(since -> stopped.map(until -> Duration.between(since, until))),
            Optional.empty(),
            Optional.empty()));
  }

  /** An exit code of 0 is none where the ending is not a success. */
  private static Optional<Exit> exit(@Nullable Integer code, Optional<Causes> cause) {
    boolean fails = cause.filter(c -> c.state() != JobState.SUCCEEDED).isPresent();
    return code == null || (code == 0 && fails)
        ? Optional.empty()
        : Optional.of(Exit.fromShell(code));
  }

  private static String words(Optional<Causes> cause, String statusReason, String reason) {
    if (cause.filter(c -> c.reason() == Reason.SUCCESS).isPresent()) {
      return "";
    }
    return reason.isEmpty() || reason.equals(statusReason)
        ? statusReason
        : statusReason.isEmpty() ? reason : statusReason + ": " + reason;
  }

  private static Optional<Instant> instant(@Nullable Long millis) {
    return millis == null ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
