package io.hpc4j.local.engine;

import io.hpc4j.journal.RecordSink;
import io.hpc4j.json.JobForm;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Work;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what has become of jobs, one record for each fact. {@link FactReader} reads it. A
 * fact is what happened, not what follows from it: that is worked out anew when the store is
 * opened.
 */
final class FactWriter {
  static final byte JOB = 1;
  static final byte HELD = 2;
  static final byte CANCELLED = 3;
  static final byte STARTED = 4;
  static final byte DECIDED = 5;
  static final byte ENDED = 6;
  static final byte REST_ENDED = 7;
  static final byte LAST_NUMBER = 8;

  private final RecordSink sink;
  private final Bytes bytes = new Bytes();
  private final DataOutputStream out = new DataOutputStream(bytes);

  FactWriter(RecordSink sink) {
    this.sink = sink;
  }

  /** Gives the sink its own array, without a copy. */
  private static final class Bytes extends ByteArrayOutputStream {
    void appendTo(RecordSink sink) {
      sink.append(buf, 0, count);
    }
  }

  private interface Fields {
    void write() throws IOException;
  }

  private void record(byte kind, JobRecord job, Fields fields) {
    record(kind, job.number, fields);
  }

  private void record(byte kind, long number, Fields fields) {
    bytes.reset();
    try {
      out.writeByte(kind);
      out.writeLong(number);
      fields.write();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file behind it
    }
    bytes.appendTo(sink);
  }

  /** The highest number that a job has had, which may be forgotten. */
  void lastNumber(long number) {
    record(LAST_NUMBER, number, () -> {});
  }

  void accepted(JobRecord job) {
    boolean java = isJava(job.request);
    record(
        JOB,
        job,
        () -> {
          text(job.id.token());
          time(job.submittedAt);
          out.writeBoolean(java);
          text(JobForm.REQUEST.write(java ? withoutTask(job.request) : job.request));
        });
  }

  static boolean isJava(JobRequest request) {
    return request.effective().work().orElse(null) instanceof Work.Java;
  }

  /** A Java task cannot be written down; what is kept of its job is all the rest. */
  static JobRequest withoutTask(JobRequest request) {
    JobDefinition definition =
        request.definition().toBuilder().work(Work.simulated(Duration.ZERO)).build();
    return request.toBuilder().definition(definition).build();
  }

  void held(JobRecord job) {
    record(HELD, job, () -> out.writeBoolean(job.held));
  }

  void cancelled(JobRecord job, String reason) {
    record(CANCELLED, job, () -> text(reason));
  }

  void started(Live live, Instant at) {
    record(
        STARTED,
        live.job,
        () -> {
          out.writeInt(live.rank);
          out.writeInt(live.attempt);
          out.writeLong(live.memory.bytes());
          texts(live.nodeNames());
          for (List<Integer> onNode : live.gpus) {
            out.writeInt(onNode.size());
            for (int gpu : onNode) {
              out.writeInt(gpu);
            }
          }
          time(at);
        });
  }

  void decided(Live live, Ending decision) {
    record(
        DECIDED,
        live.job,
        () -> {
          out.writeInt(live.rank);
          ending(decision);
          out.writeBoolean(live.isLast);
        });
  }

  /**
   * An attempt has ended, or an element without one.
   *
   * @param attempt the attempt; its number is 0 if there was none
   * @param next the attempt that follows, if one does
   */
  void ended(JobRecord job, int rank, Attempt attempt, Ending ending, @Nullable Live next) {
    record(
        ENDED,
        job,
        () -> {
          out.writeInt(rank);
          out.writeInt(attempt.number());
          ending(ending);
          texts(attempt.nodes());
          time(attempt.startedAt());
          time(attempt.endedAt().orElseThrow());
          out.writeLong(attempt.usage().cpuTime().map(Duration::toNanos).orElse(-1L));
          out.writeLong(attempt.usage().peakMemory().map(m -> m.bytes()).orElse(-1L));
          out.writeBoolean(next != null);
          if (next != null) {
            out.writeLong(next.memory.bytes());
            time(Optional.ofNullable(next.notBefore));
          }
        });
  }

  void restEnded(JobRecord job, Ending ending, Instant at) {
    record(
        REST_ENDED,
        job,
        () -> {
          ending(ending);
          time(at);
        });
  }

  /** Writes all that is known of a job, in an order that can be read again. */
  void all(JobRecord job, Views views, Instant now) {
    accepted(job);
    if (job.held != job.request.hold()) {
      held(job);
    }
    if (job.cancelReason != null) {
      cancelled(job, job.cancelReason);
    }
    for (int rank = 0; rank < job.elements.size(); rank++) {
      if (job.elements.isTouched(rank)) {
        element(job, rank, views, now);
      }
    }
    if (job.elements.rest() != null) {
      restEnded(job, job.elements.rest(), job.elements.restEndedAt().orElse(now));
    }
  }

  private void element(JobRecord job, int rank, Views views, Instant now) {
    @Nullable Live live = job.live.get(rank);
    List<Attempt> attempts = views.endedAttempts(job, rank);
    for (int i = 0; i < attempts.size(); i++) {
      boolean last = i == attempts.size() - 1;
      Attempt attempt = attempts.get(i);
      Ending ending =
          last && live == null
              ? Views.ending(job, rank)
              : new Ending(attempt.reason().orElseThrow(), attempt.exit(), attempt.message());
      ended(job, rank, attempt, ending, last ? live : new Live(job, rank, i + 2, job.memory()));
    }
    if (attempts.isEmpty() && live == null) {
      Instant end = job.elements.endedAt(rank).orElse(now);
      ended(job, rank, Views.noAttempt(end), Views.ending(job, rank), null);
    }
    if (live != null && live.isActive()) {
      started(live, live.startedAt == null ? now : live.startedAt);
      if (live.decision != null) {
        decided(live, live.decision);
      }
    }
  }

  private void ending(Ending ending) throws IOException {
    text(ending.reason().name());
    text(ending.exit().map(exit -> exit.kind().name()).orElse(""));
    out.writeInt(ending.exit().map(exit -> exit.value()).orElse(0));
    text(ending.message());
  }

  private void time(Instant at) throws IOException {
    out.writeLong(at.getEpochSecond());
    out.writeInt(at.getNano());
  }

  private void time(Optional<Instant> at) throws IOException {
    time(at.orElse(Instant.MIN));
  }

  private void text(String text) throws IOException {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(encoded.length);
    out.write(encoded);
  }

  private void texts(List<String> texts) throws IOException {
    out.writeInt(texts.size());
    for (String text : texts) {
      text(text);
    }
  }
}
