package io.hpc4j.batch;

import io.hpc4j.batch.request.Form;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Decision;
import io.hpc4j.spi.Hold;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.batch.model.JobDependency;

/** Gets jobs to AWS Batch, and takes up again those that an earlier program has sent. */
final class Submissions {
  private static final Logger LOG = LoggerFactory.getLogger(Submissions.class);

  private final Settings settings;
  private final Site site;
  private final Sender sender;
  private final Orders orders;
  private final Dependents dependents;
  private final Watch watch;
  private final Map<String, Instant> lookedForSince = new ConcurrentHashMap<>();

  /** What AWS has taken of submissions whose outcome is not known as a whole; by token. */
  private final Map<String, List<Accepted>> answered = new ConcurrentHashMap<>();

  Submissions(
      Settings settings,
      Site site,
      Sender sender,
      Orders orders,
      Dependents dependents,
      Watch watch) {
    this.settings = settings;
    this.site = site;
    this.sender = sender;
    this.orders = orders;
    this.dependents = dependents;
    this.watch = watch;
  }

  private Instant now() {
    return settings.time().instant();
  }

  /** The request with the backend's own share, where its queue wants one. */
  JobRequest completed(JobRequest request) {
    Optional<String> share = settings.share();
    return request.share().isPresent() || share.isEmpty() || !hasShares(request)
        ? request
        : request.toBuilder().share(share.get()).build();
  }

  private boolean hasShares(JobRequest request) {
    return queue(request)
        .filter(q -> !q.isBlank())
        .flatMap(q -> site.queue(q).queue())
        .map(Site.Queue::hasShares)
        .orElse(false);
  }

  private Optional<String> queue(JobRequest request) {
    return request.queue().or(settings::queue);
  }

  private BatchJob newJob(JobId id, JobRequest asked) {
    JobRequest request = completed(asked);
    String queue =
        queue(request).orElseThrow(() -> new BackendException("no queue was named", null));
    boolean fargate = site.queue(queue).queue().map(Site.Queue::isFargate).orElse(false);
    Form form = Options.form(request, settings.image(), fargate);
    return new BatchJob(
        id,
        request,
        form,
        request.array().orElse(IndexSet.empty()),
        request.definition().name(),
        queue,
        now());
  }

  private BatchJob unsent(JobRequest request) {
    return newJob(JobId.of(BatchOptions.BACKEND, settings.scope(), "token"), request);
  }

  /** Tells what would be sent. */
  Plan plan(JobRequest request, Capabilities capabilities) {
    BatchJob job = unsent(request);
    List<NativeJob> parts = job.parts();
    boolean waitsHere = dependents.natively(job, parts, now()).isEmpty();
    return BatchPlan.of(job, parts, hasShares(request), waitsHere, capabilities);
  }

  /** What is too large of what would be sent. */
  List<Problem> tooLarge(JobRequest request) {
    return Checks.sizes(unsent(request));
  }

  /** Submits a job in which nothing is wrong. */
  void submit(Submission submission) {
    BatchJob job = newJob(submission.id(), submission.request());
    job.told = submission::accepted;
    Instant now = now();
    watch.look(submission.request().dependencies().stream().map(d -> d.on().job()).toList());
    try {
      synchronized (job) {
        List<NativeJob> parts = job.parts();
        job.held = submission.request().hold();
        Optional<List<List<JobDependency>>> natively =
            Gate.isShut(job, now) ? Optional.empty() : dependents.natively(job, parts, now);
        if (natively.isPresent()) {
          for (int i = 0; i < parts.size(); i++) {
            job.unsent.add(parts.get(i).after(natively.get().get(i)));
          }
          sendAll(job, now);
        } else {
          job.awaitsOthers = !submission.request().dependencies().isEmpty();
          job.unsent.addAll(parts);
          job.keep();
          job.kept = true;
          submission.accepted(Piece.kept(parts.get(0), job.submittedAt));
        }
      }
    } catch (BackendException e) {
      remember(job, e);
      throw e;
    }
    watch.jobs().put(job);
    if (job.kept) {
      watch.look(job);
    } else if (Limits.has(submission.request())) {
      watch.planAgain();
    }
  }

  /** What AWS has taken of a job that was not submitted as a whole is known all the same. */
  private void remember(BatchJob job, BackendException why) {
    if (why.outcomeUnknown() && !job.pieces.isEmpty()) {
      answered.put(
          job.id.token(),
          job.pieces.stream().map(piece -> piece.toAccepted(job.submittedAt)).toList());
    } else if (!job.condemned.isEmpty()) {
      job.told = part -> {};
      watch.keep(job); // until AWS lets it be cancelled
    }
  }

  private void sendAll(BatchJob job, Instant now) {
    try {
      for (NativeJob part : List.copyOf(job.unsent)) {
        sender.send(job, part, Options.of(job).existing());
      }
    } catch (RuntimeException e) {
      boolean unknown = e instanceof BackendException b && b.outcomeUnknown();
      if (unknown || (job.pieces.isEmpty() && job.barriers.isEmpty())) {
        throw e;
      }
      if (job.pieces.isEmpty()) {
        LOG.debug("what was to gather for job {}: {}", job.id, takenBack(job, now));
        throw e;
      }
      if (!(e instanceof Calls.Refused)) { // what is there is found, and the rest sent
        throw BackendException.outcomeUnknown(String.valueOf(e.getMessage()), e);
      }
      List<String> accepted = job.pieces.stream().map(piece -> piece.nativeId).toList();
      throw new BackendException(
          "job " + job.id + " was not accepted as a whole; " + takenBack(job, now) + accepted, e);
    }
  }

  private String takenBack(BatchJob job, Instant now) {
    try {
      orders.cancel(job, "the job was not accepted as a whole", now);
      return "cancelled again: ";
    } catch (BackendException e) {
      LOG.warn("job {} could not be cancelled", job.id, e);
      return "what is left could not be cancelled: ";
    }
  }

  /** Looks for a submission whose reply was lost, and takes it up when it is there. */
  Lookup find(Submission submission) {
    String token = submission.id().token();
    String queue =
        queue(submission.request())
            .orElseThrow(() -> new BackendException("no queue was named", null));
    Instant now = now();
    Instant asked = lookedForSince.computeIfAbsent(token, t -> now);
    List<NativeJob> parts = newJob(submission.id(), submission.request()).parts();
    Instant at = submission.madeEarlier().orElse(asked);
    Map<String, Accepted> accepted = new LinkedHashMap<>();
    answered.getOrDefault(token, List.of()).forEach(one -> accepted.put(one.nativeId(), one));
    sender.find(queue, token).stream()
        .filter(one -> one.name().attempt() == 1 && one.name().part() < parts.size())
        .sorted(Comparator.comparing(one -> one.name().part()))
        .map(one -> new Piece(one.nativeId(), parts.get(one.name().part()), at).toAccepted(at))
        .forEach(one -> accepted.put(one.nativeId(), one));
    if (!accepted.isEmpty()) {
      lookedForSince.remove(token);
      answered.remove(token);
      adopt(submission, List.copyOf(accepted.values()));
      return new Lookup.Found(List.copyOf(accepted.values()));
    }
    if (now.isBefore(asked.plus(Observer.GRACE))) {
      return new Lookup.Unknown("AWS Batch may not show the job yet");
    }
    lookedForSince.remove(token);
    return submission.madeEarlier().filter(made -> mayBeForgotten(made, now)).isPresent()
        ? new Lookup.Unknown("AWS Batch may have run and forgotten it", true)
        : new Lookup.Absent();
  }

  private static boolean mayBeForgotten(Instant submitted, Instant now) {
    return submitted.plus(Observer.KEPT).isBefore(now);
  }

  /** Takes up again what an earlier program has sent, in these parts and perhaps in more. */
  void adopt(Submission submission, List<Accepted> parts) {
    if (watch.jobs().find(submission.id()).filter(job -> job.request != null).isPresent()) {
      return;
    }
    BatchJob job = newJob(submission.id(), submission.request());
    Instant now = now();
    synchronized (job) {
      job.submittedAt = Piece.submittedAt(parts).or(submission::madeEarlier).orElse(now);
      job.unsent.addAll(job.parts());
      parts.stream()
          .filter(Piece::isSent)
          .map(part -> Piece.of(part, job.submittedAt))
          .sorted(Comparator.comparing(piece -> piece.what.part()))
          .forEach(job::add);
      job.adoptedAt = now;
      parts.forEach(part -> Decision.of(part).ifPresent(job.decisions::add));
      job.undone = true;
      job.kept = parts.stream().anyMatch(Piece::isKept);
      job.askedBack = parts.contains(Hold.note(true));
      job.held = job.decisions.ofAll().isEmpty() && Hold.isOn(parts, submission.request().hold());
      job.awaitsOthers =
          job.decisions.ofAll().isEmpty()
              && !job.unsent.isEmpty()
              && !submission.request().dependencies().isEmpty();
      if (!Gate.isShut(job, now)) {
        job.unsent.forEach(part -> job.uncertain.put(part, now));
      }
      if (mayBeForgotten(sentAtTheEarliest(job), now)) {
        job.neverSentAgain.addAll(job.uncertain.keySet());
      }
      if (!Gate.isOpen(job, now)) {
        job.keep();
      }
      job.told = submission::accepted;
    }
    watch.adopt(job);
  }

  private static Instant sentAtTheEarliest(BatchJob job) {
    return Gate.begin(job).filter(job.submittedAt::isBefore).orElse(job.submittedAt);
  }
}
