package io.hpc4j.local.engine;

import io.hpc4j.json.JobForm;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.StoreException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Brings jobs back to where the facts of {@link FactWriter} say that they were. */
final class FactReader implements Consumer<ByteBuffer> {
  private final String backend;
  private final String scope;
  private final Books books;
  private final Map<Long, JobRecord> jobs = new HashMap<>();
  private long facts;

  /** The highest number that a job has had. */
  long lastNumber;

  FactReader(String backend, String scope, Books books) {
    this.backend = backend;
    this.scope = scope;
    this.books = books;
  }

  @Override
  public void accept(ByteBuffer fact) {
    facts++;
    try {
      read(fact);
    } catch (BufferUnderflowException | IllegalArgumentException | NullPointerException e) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, "record " + facts + " of the store makes no sense: " + e, e);
    }
  }

  private void read(ByteBuffer fact) {
    byte kind = fact.get();
    long number = fact.getLong();
    if (kind == FactWriter.JOB) {
      job(number, fact);
      return;
    }
    if (kind == FactWriter.LAST_NUMBER) {
      lastNumber = Math.max(lastNumber, number);
      return;
    }
    JobRecord job = jobs.get(number);
    if (job == null) {
      throw new IllegalArgumentException("there is no job " + number);
    }
    switch (kind) {
      case FactWriter.HELD -> job.held = fact.get() != 0;
      case FactWriter.CANCELLED -> job.cancelReason = text(fact);
      case FactWriter.STARTED -> started(job, fact);
      case FactWriter.DECIDED -> decided(job, fact);
      case FactWriter.ENDED -> ended(job, fact);
      case FactWriter.REST_ENDED -> restEnded(job, fact);
      default -> throw new IllegalArgumentException("there is no fact " + kind);
    }
  }

  private void job(long number, ByteBuffer fact) {
    JobId id = JobId.of(backend, scope, text(fact));
    Instant submittedAt = time(fact).orElseThrow();
    boolean java = fact.get() != 0;
    JobRequest request = here(JobForm.REQUEST.read(text(fact)));
    boolean queueIsThere = books.queue(request.queue()).isPresent();
    JobRecord job =
        new JobRecord(
            id,
            number,
            request,
            queueIsThere ? books.queueToUse(request.queue()) : books.defaultQueue(),
            submittedAt);
    job.held = request.hold();
    job.isRestored = true;
    if (java) {
      job.cannotRunAgain = "a Java task ends with the program that ran it";
    } else if (!queueIsThere) {
      job.cannotRunAgain = "queue " + request.queue().orElse("") + " is not there any more";
    }
    jobs.put(number, job);
    books.add(job);
    lastNumber = Math.max(lastNumber, number);
  }

  /** The folder may have been moved since, which changes the scope of its jobs. */
  private JobRequest here(JobRequest request) {
    if (request.dependencies().isEmpty()) {
      return request;
    }
    JobRequest.Builder moved = request.toBuilder().withoutDependencies();
    for (Dependency dependency : request.dependencies()) {
      JobId on = JobId.of(backend, scope, dependency.on().token());
      OptionalInt index = dependency.on().index();
      moved.dependency(
          new Dependency(dependency.kind(), index.isPresent() ? on.element(index.getAsInt()) : on));
    }
    return moved.build();
  }

  private void started(JobRecord job, ByteBuffer fact) {
    Live live = new Live(job, fact.getInt(), fact.getInt(), Memory.ofBytes(fact.getLong()));
    List<String> nodes = texts(fact);
    live.isOn(nodes);
    live.gpus = nodes.stream().map(node -> integers(fact)).toList();
    live.startedAt = time(fact).orElseThrow();
    live.state = JobState.RUNNING;
    job.removeRepeatable(live.rank);
    job.addLive(live);
    job.elements.set(live.rank, JobState.RUNNING);
    job.elements.started(live.rank, books.nodeNumber(nodes), live.startedAt);
    if (job.firstStart == null) {
      job.firstStart = live.startedAt;
    }
  }

  private static void decided(JobRecord job, ByteBuffer fact) {
    Live live = job.live.get(fact.getInt());
    Ending decision = ending(fact);
    boolean last = fact.get() != 0;
    if (live != null) {
      live.decision = decision;
      live.isLast = last;
    }
  }

  private void ended(JobRecord job, ByteBuffer fact) {
    int rank = fact.getInt();
    int number = fact.getInt();
    Ending ending = ending(fact);
    List<String> nodes = texts(fact);
    Optional<Instant> start = time(fact);
    Instant end = time(fact).orElseThrow();
    long cpu = fact.getLong();
    long peak = fact.getLong();
    boolean repeats = fact.get() != 0;
    job.removeLive(rank);
    job.removeRepeatable(rank);
    start.ifPresent(at -> started(job, rank, nodes, at));
    Optional<Duration> cpuTime = cpu < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(cpu));
    Optional<Memory> memory = peak < 0 ? Optional.empty() : Optional.of(Memory.ofBytes(peak));
    if (number == 0) {
      job.elements.detailToChange(rank).ending = ending;
    } else if (!repeats && job.isPlain(rank, number, nodes.size(), ending)) {
      job.elements.used(rank, cpuTime, memory);
    } else {
      job.remember(
          rank,
          ending,
          Views.ended(number, ending, nodes, start.orElse(null), end, cpuTime, memory),
          null);
    }
    if (repeats) {
      Live next = new Live(job, rank, number + 1, Memory.ofBytes(fact.getLong()));
      next.notBefore = time(fact).orElse(null);
      next.state = JobState.PENDING;
      job.addLive(next);
      job.elements.set(rank, JobState.PENDING);
    } else {
      job.endElement(rank, ending, end);
    }
  }

  private void started(JobRecord job, int rank, List<String> nodes, Instant at) {
    job.elements.set(rank, JobState.RUNNING);
    job.elements.started(rank, books.nodeNumber(nodes), at);
    if (job.firstStart == null || at.isBefore(job.firstStart)) {
      job.firstStart = at;
    }
  }

  private static void restEnded(JobRecord job, ByteBuffer fact) {
    Ending ending = ending(fact);
    job.endRest(ending, time(fact).orElseThrow());
  }

  private static Ending ending(ByteBuffer fact) {
    Reason reason = Reason.valueOf(text(fact));
    String kind = text(fact);
    int value = fact.getInt();
    Optional<Exit> exit =
        kind.isEmpty() ? Optional.empty() : Optional.of(new Exit(Exit.Kind.valueOf(kind), value));
    return new Ending(reason, exit, text(fact));
  }

  private static Optional<Instant> time(ByteBuffer fact) {
    Instant at = Instant.ofEpochSecond(fact.getLong(), fact.getInt());
    return at.equals(Instant.MIN) ? Optional.empty() : Optional.of(at);
  }

  private static String text(ByteBuffer fact) {
    int length = fact.getInt();
    if (length < 0 || length > fact.remaining()) {
      throw new BufferUnderflowException();
    }
    String text = StandardCharsets.UTF_8.decode(fact.slice(fact.position(), length)).toString();
    fact.position(fact.position() + length);
    return text;
  }

  private static List<Integer> integers(ByteBuffer fact) {
    int size = fact.getInt();
    List<Integer> integers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      integers.add(fact.getInt());
    }
    return List.copyOf(integers);
  }

  private static List<String> texts(ByteBuffer fact) {
    int size = fact.getInt();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      texts.add(text(fact));
    }
    return List.copyOf(texts);
  }
}
