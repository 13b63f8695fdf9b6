package io.hpc4j.slurm;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Exit;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Usage;
import io.hpc4j.slurm.query.AccountingRow;
import io.hpc4j.slurm.query.ExitRecord;
import io.hpc4j.slurm.query.HostList;
import io.hpc4j.slurm.query.QueueRow;
import io.hpc4j.slurm.query.TaskSet;
import io.hpc4j.slurm.query.UnreadableReply;
import io.hpc4j.slurm.query.Verdict;
import io.hpc4j.slurm.script.Budget;
import io.hpc4j.spi.Sentence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out where jobs are: from one squeue for all; for what that does not know from one sacct;
 * for what that does not know either from the record that the job's script has left. What ended is
 * told by one of these, never by silence; the exception are elements that vanish while they wait:
 * Slurm keeps no record of those when they are cancelled.
 */
final class Observer {
  private static final Logger LOG = LoggerFactory.getLogger(Observer.class);
  private static final int MOST_SINGLE_IDS = 200;

  /** By how much the controller's clock may be behind this machine's. */
  static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final Commands commands;
  private final Site site;
  private final ExitRecords records;

  /** Since when not all who are to be asked have answered; one thread at a time observes. */
  private @Nullable Instant silentSince;

  Observer(Commands commands, Site site, ExitRecords records) {
    this.commands = commands;
    this.site = site;
    this.records = records;
  }

  /** A task that squeue does not tell of, though it tells of others of its array perhaps. */
  private record Missing(SlurmJob job, int index, Task task, boolean arrayIsKnown) {
    String nativeId() {
      return task.piece.nativeId(index);
    }

    TaskSet id() {
      Piece piece = task.piece;
      return new TaskSet(
          piece.nativeId(), job.isArray() ? IndexSet.of(index - piece.offset()) : IndexSet.empty());
    }
  }

  /**
   * Moves jobs to where they are.
   *
   * @throws BackendException if squeue could not be asked; nothing has changed
   */
  void observe(Collection<SlurmJob> jobs, Instant now, Duration lostAfter) {
    Map<String, List<QueueRow>> rows = queue(now);
    Map<String, Instant> lastTaken = lastTaken(jobs);
    Identity identity = new Identity(commands::names);
    List<Missing> missing = new ArrayList<>();
    for (SlurmJob job : jobs) {
      synchronized (job) {
        job.giveUp(lastTaken);
        Set<String> known = new HashSet<>();
        for (Piece piece : job.pieces) {
          List<QueueRow> under = rows.getOrDefault(piece.nativeId(), List.of());
          for (QueueRow row : under) {
            if (identity.isOurs(job, piece, row.submitted(), row.restarts() > 0)) {
              known.add(piece.nativeId());
              apply(job, piece, row, now);
            }
          }
          if (!under.isEmpty() && !identity.failed()) {
            job.seen.put(piece.nativeId(), known.contains(piece.nativeId()));
          }
        }
        job.looked |= !identity.failed();
        job.forEach(
            (index, task) -> {
              if (task.piece.isSent()
                  && !task.sight.state().isFinal()
                  && task.seenAt.isBefore(now)) {
                missing.add(new Missing(job, index, task, known.contains(task.piece.nativeId())));
              }
            });
      }
    }
    if (!missing.isEmpty() && !identity.failed()) {
      lookElsewhere(missing, now, lostAfter);
    }
  }

  /** The rows of squeue, by the ids of jobs and arrays. */
  private Map<String, List<QueueRow>> queue(Instant now) {
    Map<String, List<QueueRow>> rows = new HashMap<>();
    try {
      for (QueueRow row : commands.queue()) {
        rows.computeIfAbsent(row.id().jobId(), id -> new ArrayList<>()).add(row);
      }
    } catch (BackendException e) {
      isSilent(now);
      throw e;
    }
    return rows;
  }

  private void isSilent(Instant now) {
    if (silentSince == null) {
      silentSince = now;
    }
  }

  /** When each of Slurm's ids was last given to a piece of this program's own. */
  private static Map<String, Instant> lastTaken(Collection<SlurmJob> jobs) {
    Map<String, Instant> last = new HashMap<>();
    for (SlurmJob job : jobs) {
      synchronized (job) {
        job.pieces.stream()
            .filter(Piece::exact)
            .forEach(
                piece ->
                    last.merge(
                        piece.nativeId(), piece.acceptedAt(), (a, b) -> a.isAfter(b) ? a : b));
      }
    }
    return last;
  }

  private void apply(SlurmJob job, Piece piece, QueueRow row, Instant asked) {
    job.learn(row.partition(), row.submitted());
    Verdict verdict = row.verdict();
    List<String> nodes = nodes(row.nodes());
    Function<Sight, Sight> told =
        before ->
            before.told(
                piece.attempt() + row.restarts(),
                verdict,
                row.started(),
                row.ended(),
                nodes,
                "squeue",
                Usage.UNKNOWN);
    if (row.id().isPlain()) {
      job.task(0).ifPresent(task -> apply(job, 0, task, piece, told, asked));
      return;
    }
    Sight any = told.apply(Sight.accepted(piece.attempt()));
    boolean same = verdict.state().isPresent(); // what waits together is told once
    row.id()
        .tasks()
        .forEach(
            number -> {
              int index = number + piece.offset();
              job.task(index)
                  .ifPresent(
                      task -> apply(job, index, task, piece, same ? before -> any : told, asked));
            });
  }

  /**
   * The names of nodes; where they cannot be read, all else that is said of the job still counts.
   */
  private static List<String> nodes(String hosts) {
    try {
      return HostList.expand(hosts);
    } catch (UnreadableReply e) {
      LOG.debug("the nodes of a job cannot be read", e);
      return List.of();
    }
  }

  private void apply(
      SlurmJob job, int index, Task task, Piece piece, Function<Sight, Sight> told, Instant asked) {
    if (task.piece.equals(piece) && !task.sight.state().isFinal()) {
      job.see(index, task, finish(job, index, piece, told.apply(task.sight)), asked);
    }
  }

  /** Says of an end what Slurm does not know. */
  private Sight finish(SlurmJob job, int index, Piece piece, Sight sight) {
    Sentence sentence = job.decisions.of(index);
    if (sight.state() == JobState.CANCELLED
        || (sentence != null
            && sight.state().isEnded()
            && (diedOfTerm(sight) || wasAsked(job, index, piece, sight)))) {
      return sentence == null
          ? sight.ending(JobState.CANCELLED, Reason.CANCELLED, "cancelled: " + sight.nativeState())
          : sight.ending(sentence.state(), sentence.reason(), sentence.message());
    }
    if (sight.state() == JobState.FAILED && isOurs(sight.exit())) {
      return records
          .of(job, index, piece, sight.attempt())
          .map(record -> byRecord(job, sight, record))
          .orElse(sight);
    }
    return sight.state() == JobState.FAILED && sight.message().isEmpty()
        ? sight.ending(JobState.FAILED, sight.reason().orElse(Reason.UNKNOWN), Words.of(job, sight))
        : sight;
  }

  /** Whether the signal that asks a job to end has met it before its script could note that. */
  private static boolean diedOfTerm(Sight sight) {
    return sight.exit().equals(Optional.of(Exit.signal(15)));
  }

  /** Whether the work ended because it was asked to, before Slurm ended it. */
  private boolean wasAsked(SlurmJob job, int index, Piece piece, Sight sight) {
    return records
        .of(job, index, piece, sight.attempt())
        .filter(record -> record.what() == ExitRecord.What.ASKED)
        .isPresent();
  }

  /** Whether the script may have ended so by itself, before the work began. */
  private static boolean isOurs(Optional<Exit> exit) {
    return exit.filter(e -> e.code().isPresent() && e.code().getAsInt() >= 125).isPresent();
  }

  private static Sight byRecord(SlurmJob job, Sight sight, ExitRecord record) {
    return switch (record.what()) {
      case SKIPPED -> {
        Sentence sentence = Budget.skipped(job.request);
        yield sight
            .ending(sentence.state(), sentence.reason(), sentence.message())
            .neverStarted(record.ended());
      }
      case LAUNCH ->
          sight.ending(JobState.FAILED, Reason.LAUNCH_FAILURE, Words.launch(job, record.status()));
      default ->
          sight.ending(
              JobState.FAILED, sight.reason().orElse(Reason.UNKNOWN), Words.of(job, sight));
    };
  }

  // ---- what squeue does not know

  private void lookElsewhere(List<Missing> missing, Instant now, Duration lostAfter) {
    Optional<Accounts> accounting = account(missing);
    boolean couldAsk = accounting.isPresent() || !site.config().accounting();
    Duration silence = Duration.ZERO;
    if (!couldAsk) {
      isSilent(now);
    } else if (silentSince != null) {
      silence = Duration.between(silentSince, now);
      silentSince = null;
    }
    for (Missing one : missing) {
      synchronized (one.job) {
        Optional<Sight> found =
            accounting
                .flatMap(rows -> byAccounting(one, rows))
                .or(() -> byRecord(one))
                .or(() -> byVanishing(one, now));
        if (found.isPresent()) {
          Sight sight = finish(one.job, one.index, one.task.piece, found.get());
          one.job.see(one.index, one.task, sight, now);
        } else if (couldAsk && !accounting.map(all -> all.identity.failed()).orElse(false)) {
          lose(one, now, silence, lostAfter);
        }
      }
    }
  }

  /** Asks sacct once; empty if there is no accounting, or it cannot be asked now. */
  private Optional<Accounts> account(List<Missing> missing) {
    if (!site.config().accounting()) {
      return Optional.empty();
    }
    TreeSet<String> ids = new TreeSet<>();
    missing.forEach(one -> ids.add(one.nativeId()));
    if (ids.size() > MOST_SINGLE_IDS) {
      ids.clear();
      missing.forEach(one -> ids.add(one.task.piece.nativeId()));
    }
    Instant first =
        missing.stream()
            .map(one -> one.job.submittedAt)
            .min(Comparator.naturalOrder())
            .orElseThrow();
    try {
      Set<String> carriers = new TreeSet<>();
      missing.forEach(one -> carriers.add(one.task.piece.nativeId()));
      return Optional.of(
          new Accounts(
              commands.accounting(ids, first),
              new Identity(() -> commands.accountedNames(carriers))));
    } catch (BackendException e) {
      LOG.debug("sacct could not be asked", e);
      return Optional.empty();
    }
  }

  /** What the last record of a task says, if it says that it has ended; and those before it. */
  private static Optional<Sight> byAccounting(Missing one, Accounts accounts) {
    List<AccountingRow> attempts = attempts(one, accounts);
    if (attempts.isEmpty()) {
      return Optional.empty();
    }
    int last = attempts.size() - 1;
    AccountingRow row = attempts.get(last);
    if (!row.verdict().isEnded()) {
      return Optional.empty(); // a record that says so may be wrong for ever
    }
    one.job.learn(row.partition(), Optional.of(row.submitted()));
    attempts.subList(0, last).forEach(earlier -> tellEarlier(one, earlier, attempts));
    Sight sight = told(one, row, row.verdict(), one.task.piece.attempt() + last);
    return Optional.of(
        row.wasCancelledBySlurm() && one.job.isDependent(one.task.piece)
            ? sight.ending(JobState.FAILED, Reason.DEPENDENCY_FAILED, Words.of(one.job, sight))
            : sight);
  }

  private static void tellEarlier(Missing one, AccountingRow row, List<AccountingRow> attempts) {
    int number = one.task.piece.attempt() + attempts.indexOf(row);
    one.task.tell(told(one, row, row.verdictOfEarlierAttempt(), number).toAttempt());
  }

  private static Sight told(Missing one, AccountingRow row, Verdict verdict, int number) {
    return one.task.sight.told(
        number, verdict, row.started(), row.ended(), nodes(row.nodes()), "sacct", row.usage());
  }

  /** The records of a task that can be of this submission, for ids are used again. */
  private static List<AccountingRow> attempts(Missing one, Accounts accounts) {
    Instant submitted = one.job.submittedAt.minus(CLOCKS_DIFFER);
    List<AccountingRow> attempts = new ArrayList<>();
    for (AccountingRow row : accounts.of(one.id())) {
      if (row.submitted().isBefore(submitted)) {
        continue;
      }
      boolean first = attempts.isEmpty();
      if (first
          ? accounts.identity.isRecordOf(one.job, one.task.piece, row.submitted())
          : attempts.get(attempts.size() - 1).wasStartedAgain()) {
        attempts.add(row);
      }
    }
    return attempts;
  }

  /**
   * The attempts of a task. Squeue does not tell how those ended that Slurm itself has followed by
   * another, so sacct is asked for them.
   */
  List<Attempt> attempts(SlurmJob job, JobId id) {
    Missing one;
    synchronized (job) {
      Task task = job.task(id);
      if (!task.lacksEndings()) {
        return task.attempts();
      }
      one = new Missing(job, id.index().orElse(0), task, true);
    }
    Optional<Accounts> known = account(List.of(one));
    synchronized (job) {
      known
          .map(accounts -> attempts(one, accounts))
          .ifPresent(
              attempts ->
                  attempts.stream()
                      .limit(one.task.sight.attempt() - one.task.piece.attempt())
                      .forEach(row -> tellEarlier(one, row, attempts)));
      return one.task.attempts();
    }
  }

  private Optional<Sight> byRecord(Missing one) {
    Piece piece = one.task.piece;
    Sight last = one.task.sight;
    return records
        .of(one.job, one.index, piece, last.attempt())
        .map(
            record -> {
              int attempt = piece.attempt() + record.restarts();
              boolean succeeded = record.what() == ExitRecord.What.RAN && record.status() == 0;
              Sight ended =
                  new Sight(
                      attempt,
                      succeeded ? JobState.SUCCEEDED : JobState.FAILED,
                      Optional.of(succeeded ? Reason.SUCCESS : Reason.NON_ZERO_EXIT),
                      Optional.of(record.exit()),
                      Optional.empty(),
                      Optional.of(record.started()),
                      Optional.of(record.ended()),
                      attempt == last.attempt() ? last.nodes() : List.of(),
                      "",
                      "exit record " + record.status(),
                      "exit record",
                      Usage.UNKNOWN);
              if (record.what() == ExitRecord.What.ASKED) {
                return one.job.decisions.of(one.index) == null
                    ? ended.ending(
                        JobState.FAILED,
                        Reason.UNKNOWN,
                        "Slurm had asked it to end, and nobody knows any more why")
                    : ended.ending(JobState.CANCELLED, Reason.CANCELLED, "");
              }
              return ended;
            });
  }

  /**
   * An element that was seen waiting a moment ago, and is gone while its array is there, was
   * cancelled: if it had run and ended since, Slurm would still know it.
   */
  private Optional<Sight> byVanishing(Missing one, Instant now) {
    boolean waited =
        one.task.sight.state().isWaiting() || one.task.sight.state() == JobState.SUBMITTED;
    Duration unseen = Duration.between(one.task.seenAt, now);
    boolean wouldBeKnown = unseen.compareTo(site.memory()) < 0;
    boolean told = one.job.decisions.of(one.index) != null;
    if (one.job.isArray() && waited && wouldBeKnown && (one.arrayIsKnown || told)) {
      return Optional.of(
          one.task.sight.ending(JobState.CANCELLED, Reason.CANCELLED, "").neverStarted(now));
    }
    return Optional.empty();
  }

  /**
   * Not seen is not ended: it is lost after a while, in which all who may know it have answered.
   */
  private static void lose(Missing one, Instant now, Duration silence, Duration lostAfter) {
    Task task = one.task;
    if (task.sight.state() == JobState.LOST) {
      return;
    }
    Instant since = task.unknownSince == null ? now : task.unknownSince.plus(silence);
    task.unknownSince = since;
    if (!now.isBefore(since.plus(lostAfter))) {
      String words = "no source has known it for " + lostAfter;
      one.job.see(
          one.index, task, task.sight.ending(JobState.LOST, Reason.LOST, words), task.seenAt);
    }
  }
}
