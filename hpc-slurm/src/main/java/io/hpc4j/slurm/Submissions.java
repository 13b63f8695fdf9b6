package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.slurm.query.PartitionRow;
import io.hpc4j.slurm.script.BatchScript;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Hold;
import io.hpc4j.spi.JobTable;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets jobs to Slurm, and takes up again those that an earlier program has sent. Thread-safe. */
final class Submissions {
  private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);

  private final Settings settings;
  private final Site site;
  private final Catalogue catalogue;
  private final Sender sender;
  private final Steward steward;
  private final Watch watch;
  private final JobTable<SlurmJob> jobs;
  private final Map<String, Instant> lookedForSince = new ConcurrentHashMap<>();

  Submissions(
      Settings settings,
      Site site,
      Catalogue catalogue,
      Sender sender,
      Steward steward,
      Watch watch) {
    this.settings = settings;
    this.site = site;
    this.catalogue = catalogue;
    this.sender = sender;
    this.steward = steward;
    this.watch = watch;
    jobs = watch.jobs();
  }

  private Instant now() {
    return settings.time().instant();
  }

  /** Tells what would be sent. */
  Plan plan(JobRequest request, Capabilities capabilities) {
    String queue = queueOf(request);
    SlurmJob job = newJob(unsent(), request, queue);
    Instant now = now();
    if (!request.dependencies().isEmpty()) {
      watch.look();
    }
    List<NativeJob> windows = prepare(job, request, now);
    NativeJob first = windows.get(0);
    return SlurmPlan.of(
        job,
        windows.size(),
        site.partition(Options.of(request).partition().orElse(queue))
            .flatMap(PartitionRow::timeLimit),
        capabilities,
        sender.arguments(job, first),
        sender.shown(job, first));
  }

  /** Decides how a job is sent. */
  private List<NativeJob> prepare(SlurmJob job, JobRequest request, Instant now) {
    job.held = request.hold();
    steward.depend(job, now);
    List<NativeJob> windows = Sender.windows(job, site.maxArraySize());
    job.gathers = windows.size() > 1;
    return windows;
  }

  /** What is wrong with the size of the script that would be sent, if one can be made. */
  Optional<Problem> tooLarge(JobRequest request) {
    if (!request.problems().isEmpty() || !Checks.paths(request).isEmpty()) {
      return Optional.empty();
    }
    SlurmJob job = newJob(unsent(), request, "");
    NativeJob first = Sender.windows(job, site.maxArraySize()).get(0);
    int task = BatchScript.taskSize(first);
    if (task > BatchScript.LONGEST_TASK) {
      return Optional.of(
          Problem.of(
              "environment",
              task + " bytes",
              "with these variables a task cannot be started on its node: Linux takes "
                  + BatchScript.LONGEST_TASK));
    }
    int bytes = sender.size(job, first);
    int most = site.maxScriptSize();
    return bytes <= most
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                "work",
                bytes + " bytes",
                "with its arguments and variables it makes a script that is too large: Slurm takes "
                    + most));
  }

  /** Submits a job in which nothing is wrong. */
  void submit(Submission submission) {
    JobRequest request = submission.request();
    SlurmJob job = newJob(submission.id(), request, queueOf(request));
    job.told = submission::accepted;
    Instant now = now();
    if (!request.dependencies().isEmpty()) {
      watch.observe();
    }
    synchronized (job) {
      prepare(job, request, now).forEach(job::later);
      sendAll(job, now);
    }
    jobs.put(job);
    if (job.awaitsOthers) {
      steward.tend(job, now);
    }
  }

  /** Sends all of a job; held, when it is more than one, until Slurm has them all. */
  private void sendAll(SlurmJob job, Instant now) {
    try {
      boolean taken = true;
      while (taken && !job.unsent.isEmpty()) {
        taken = sender.sendNext(job, now);
      }
    } catch (RuntimeException e) { // Slurm has refused it, or what it has taken is not noted
      if (job.pieces.isEmpty()) {
        throw e;
      }
      throw giveUp(job, e, now);
    }
    try {
      steward.gathered(job);
    } catch (BackendException e) {
      LOG.debug("job {} is released later", job.id, e); // Slurm has all of it
    }
  }

  /** Takes back what Slurm has accepted of a job that it does not accept as a whole. */
  private BackendException giveUp(SlurmJob job, RuntimeException cause, Instant now) {
    List<String> accepted = job.pieces.stream().map(Piece::nativeId).toList();
    String rest =
        steward.cancelQuietly(job, now)
            ? "cancelled again, all held: "
            : "what is left could not be cancelled, and is held: ";
    return new BackendException(
        "job " + job.id + " was not accepted as a whole; " + rest + accepted, cause);
  }

  private SlurmJob newJob(JobId id, JobRequest request, String queue) {
    Path directory =
        settings.directory().resolve(request.effective().workingDirectory().orElse(""));
    return new SlurmJob(
        id,
        request,
        request.array().orElse(IndexSet.empty()),
        request.definition().name(),
        queue,
        directory.toString(),
        now());
  }

  /** The id of a job that is not sent. */
  private JobId unsent() {
    return JobId.of(SlurmBackend.NAME, settings.scope(), "token");
  }

  /** The queue of a request; empty where sbatch has a default that the cluster does not tell. */
  private String queueOf(JobRequest request) {
    return request
        .queue()
        .or(catalogue::defaultQueue)
        .or(() -> Options.of(request).partition())
        .orElse("");
  }

  /** Looks for a submission whose reply was lost, and takes it up when it is there. */
  Lookup find(Submission submission) {
    SlurmJob job = newJob(submission.id(), submission.request(), queueOf(submission.request()));
    NativeJob first = Sender.windows(job, site.maxArraySize()).get(0);
    String token = submission.id().token();
    Instant now = now();
    Instant asked = lookedForSince.computeIfAbsent(token, t -> now);
    Instant since = submission.madeEarlier().orElse(asked);
    List<Piece> found = sender.find(first, since);
    if (!found.isEmpty()) {
      lookedForSince.remove(token);
      List<Accepted> parts =
          found.stream().map(piece -> piece.toAccepted(piece.acceptedAt())).toList();
      adopt(submission, parts);
      return new Lookup.Found(parts);
    }
    if (now.isBefore(asked.plus(site.settling()))) {
      return new Lookup.Unknown("sbatch may still be on its way to the controller");
    }
    lookedForSince.remove(token);
    if (!sender.canTell(since, now)) {
      return new Lookup.Unknown("Slurm may have run and forgotten it, and keeps no accounts", true);
    }
    return new Lookup.Absent();
  }

  /** Takes up again what an earlier program has sent, in these parts and perhaps in more. */
  void adopt(Submission submission, List<Accepted> parts) {
    if (jobs.find(submission.id()).filter(job -> job.request != null).isPresent()) {
      return;
    }
    JobRequest request = submission.request();
    SlurmJob job = newJob(submission.id(), request, queueOf(request));
    synchronized (job) {
      job.held = Hold.isOn(parts, request.hold());
      job.awaitsOthers = !request.dependencies().isEmpty();
      List<Accepted> sent = parts.stream().filter(Piece::isSent).toList();
      job.submittedAt =
          sent.isEmpty()
              ? submission.madeEarlier().orElseGet(this::now)
              : Piece.submittedAt(sent.get(0));
      sent.forEach(part -> job.add(Piece.of(part)));
      parts.forEach(part -> Decision.of(part).ifPresent(job.decisions::add));
      job.condemned = !job.decisions.isEmpty(); // Slurm may not have been told
      job.adoptedAt = now();
      List<NativeJob> windows = Sender.windows(job, site.maxArraySize());
      job.gathers = windows.size() > 1 && !sent.isEmpty();
      windows.stream().flatMap(job::missing).forEach(job::later);
      if (sent.isEmpty()) {
        job.unsent.forEach(job::lose);
        job.unsent.clear();
      }
      job.told = submission::accepted;
    }
    jobs.put(job);
  }
}
