package io.hpc4j;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.HpcException;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Backend;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets a submission to a backend exactly once: when a reply is lost it looks for the token before
 * it sends anything again, and rather ends not knowing than sends twice.
 */
final class Submitter {
  private static final Logger LOG = LoggerFactory.getLogger(Submitter.class);
  private static final int MOST_SENDS = 3;

  private final Backend backend;
  private final Waiting waiting;

  Submitter(Backend backend, Waiting waiting) {
    this.backend = backend;
    this.waiting = waiting;
  }

  /**
   * Submits.
   *
   * @throws BackendException if it has not been submitted, or the outcome stays unknown
   */
  void submit(Submission submission) {
    for (int sends = 1; ; sends++) {
      try {
        backend.submit(submission);
        return;
      } catch (BackendException e) {
        if (!e.outcomeUnknown()) {
          throw e;
        }
        LOG.debug("the outcome of submitting {} is unknown", submission.id(), e);
        Lookup lookup = look(submission, e);
        if (lookup instanceof Lookup.Unknown) {
          throw notKnown(submission, lookup, e);
        }
        if (lookup instanceof Lookup.Found) {
          return;
        }
        if (sends == MOST_SENDS) {
          throw new BackendException(
              "job "
                  + submission.id()
                  + (" was sent " + sends + " times and never arrived: " + e.getMessage()),
              e);
        }
      }
    }
  }

  /** Looks once, so that many can settle while the first is waited for. */
  void beginToLook(Submission submission) {
    Lookup unused = find(submission);
  }

  /**
   * What has arrived of a submission of an earlier program; empty if it never did, and nothing if
   * that will never be known.
   */
  Optional<List<Accepted>> arrived(Submission submission) {
    Lookup lookup =
        look(submission, new BackendException("an earlier program has submitted it", null));
    if (lookup instanceof Lookup.Absent) {
      return Optional.empty();
    }
    return Optional.of(lookup instanceof Lookup.Found found ? found.parts() : List.of());
  }

  /** Looks until it is known whether it has arrived, or that this will never be known. */
  private Lookup look(Submission submission, BackendException cause) {
    PollPolicy policy = backend.pollPolicy();
    Duration waited = Duration.ZERO;
    Duration pause = policy.shortest();
    while (true) {
      Lookup lookup = find(submission);
      if (lookup instanceof Lookup.Found found) {
        found.parts().forEach(submission::accepted);
      }
      if (!(lookup instanceof Lookup.Unknown unknown) || unknown.forGood()) {
        return lookup;
      }
      if (waited.compareTo(policy.lostAfter()) >= 0 || waiting.isInCallback()) {
        throw notKnown(submission, lookup, cause);
      }
      try {
        waiting.pause(pause);
      } catch (HpcException e) { // interrupted: the job may be there all the same
        throw notKnown(submission, lookup, e);
      }
      waited = waited.plus(pause);
      pause = Collections.min(List.of(pause.multipliedBy(2), policy.longest()));
    }
  }

  private static BackendException notKnown(
      Submission submission, Lookup lookup, HpcException cause) {
    return BackendException.outcomeUnknown(
        "it is not known whether job "
            + submission.id()
            + " was submitted; attach with this id later, or look for its token: "
            + lookup,
        cause);
  }

  private Lookup find(Submission submission) {
    try {
      return backend.find(submission);
    } catch (BackendException e) {
      return new Lookup.Unknown(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) { // it has been closed meanwhile
      throw BackendException.outcomeUnknown(
          "it is not known whether job " + submission.id() + " was submitted: " + e.getMessage(),
          e);
    }
  }
}
