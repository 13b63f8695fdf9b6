package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** One submission on its way to a backend: its identity, what it asks for, and who hears of it. */
public final class Submission {
  private static final int LONGEST_NATIVE_NAME = 128;

  private final JobId id;
  private final JobRequest request;
  private final Consumer<Accepted> accepted;
  private final Optional<Instant> earlier;

  /**
   * Creates one that this program makes.
   *
   * @param id the identity, with the token that the backend has to be searchable by
   * @param request what it asks for; its {@link JobRequest#effective()} definition counts
   * @param accepted is told each native job
   */
  public Submission(JobId id, JobRequest request, Consumer<Accepted> accepted) {
    this(id, request, accepted, Optional.empty());
  }

  private Submission(
      JobId id, JobRequest request, Consumer<Accepted> accepted, Optional<Instant> earlier) {
    this.id = Objects.requireNonNull(id, "id");
    this.request = Objects.requireNonNull(request, "request");
    this.accepted = Objects.requireNonNull(accepted, "accepted");
    this.earlier = earlier;
  }

  /** Returns this as one that an earlier program made, or was about to make, at that time. */
  public Submission madeAt(Instant time) {
    return new Submission(id, request, accepted, Optional.of(time));
  }

  /** When an earlier program made it, or was about to; absent for one of this program. */
  public Optional<Instant> madeEarlier() {
    return earlier;
  }

  /** The identity of the job to be. */
  public JobId id() {
    return id;
  }

  /** What it asks for. */
  public JobRequest request() {
    return request;
  }

  /**
   * The name to give it on the backend: the token, then the user's name as far as it is of letters,
   * digits, {@code _} and {@code -}.
   */
  public String nativeName() {
    String name =
        "h4j" + id.token() + "-" + request.definition().name().replaceAll("[^A-Za-z0-9_-]", "_");
    return name.substring(0, Math.min(name.length(), LONGEST_NATIVE_NAME));
  }

  /** Is called by the backend as each native job is accepted, before it sends the next. */
  public void accepted(Accepted part) {
    accepted.accept(part);
  }

  /** Is called by the backend as a native job is accepted of which nothing is to be remembered. */
  public void accepted(String nativeId, IndexSet indices) {
    accepted(new Accepted(nativeId, indices, ""));
  }

  @Override
  public String toString() {
    return id + " " + request;
  }
}
