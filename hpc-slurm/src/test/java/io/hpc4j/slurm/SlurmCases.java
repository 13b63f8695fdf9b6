package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A backend before a {@link ScriptedSlurm}, in virtual time. */
abstract class SlurmCases {
  @TempDir Path folder;
  final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  final ScriptedSlurm slurm = new ScriptedSlurm(time);
  final List<Accepted> accepted = new ArrayList<>();
  SlurmBackend backend;

  /** Another program before the same Slurm. */
  final SlurmBackend program() {
    return program(10_000);
  }

  /** One that remembers no more than some jobs that are over. */
  final SlurmBackend program(int mostOver) {
    return SlurmBackend.builder()
        .mostOver(mostOver)
        .runner(slurm)
        .time(time)
        .records(folder)
        .workingDirectory(Path.of("/work"))
        .build();
  }

  @BeforeEach
  final void open() {
    backend = program();
  }

  @AfterEach
  final void close() {
    backend.close();
  }

  static final JobDefinition WORK = JobDefinition.builder("work").command("true").build();

  final JobId submit(UnaryOperator<JobRequest.Builder> request) {
    return submit(request.apply(JobRequest.builder(WORK)).build());
  }

  final JobId submit(JobRequest request) {
    Submission submission = submission(request);
    backend.submit(submission);
    return submission.id();
  }

  final Submission submission(JobRequest request) {
    return new Submission(JobId.create("slurm", "default"), request, accepted::add);
  }

  final void pass(Duration duration) {
    time.advance(duration);
  }

  final void seconds(int seconds) {
    pass(Duration.ofSeconds(seconds));
  }

  final JobStatus status(JobId id) {
    return Objects.requireNonNull(backend.describe(List.of(id)).get(id), id + " is not known");
  }

  /** Lets a little time pass, and asks. */
  final JobState state(JobId id) {
    seconds(1);
    return status(id).state();
  }

  final Reason reason(JobId id) {
    return status(id).reason().orElseThrow();
  }

  final Map<JobId, JobStatus> describe(JobId... ids) {
    return backend.describe(List.of(ids));
  }

  static IndexSet indices(ScriptedSlurm.Sent sent) {
    return IndexSet.parse(sent.value("--array").replaceAll("%.*", ""));
  }
}
