package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Lookup;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Users name their jobs as they like. */
class NativeNameProperties {
  @Provide
  Arbitrary<String> names() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "-",
            "_1_2-",
            "h4jabc-x",
            "a|b",
            "%j",
            "\t",
            "--name=x",
            "漢字",
            "\uD83D\uDE00",
            ",",
            "*"),
        Arbitraries.strings()
            .excludeChars('\0', '\n', '\r')
            .ofMinLength(1)
            .ofMaxLength(120)
            .filter(name -> !name.isBlank()));
  }

  private static JobRequest request(String name) {
    return JobRequest.builder(JobDefinition.builder(name).command("true").build()).array(3).build();
  }

  @Property(tries = 300)
  void a_native_name_is_plain_and_tells_the_token_the_offset_and_the_attempt(
      @ForAll("names") String name,
      @ForAll @IntRange(max = IndexSet.MAX_INDEX) int offset,
      @ForAll @IntRange(min = 1, max = 999) int attempt) {
    JobId id = JobId.create("slurm", "default");
    JobRequest request = request(name);
    NativeJob job =
        new NativeJob(
            id,
            request,
            IndexSet.of(offset),
            offset,
            attempt,
            request.effective().resources().memoryPerNode(),
            Instant.MIN);

    assertThat(job.name()).matches("[A-Za-z0-9_-]{1,128}");
    NativeJob.Name read = NativeJob.parse(job.name()).orElseThrow();
    assertThat(read.token()).isEqualTo(id.token());
    assertThat(read.offset()).isEqualTo(offset);
    assertThat(read.attempt()).isEqualTo(attempt);
  }

  @Property(tries = 50)
  void a_job_of_any_name_is_found_again(@ForAll("names") String name) {
    VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
    ScriptedSlurm slurm = new ScriptedSlurm(time);
    Submission submission =
        new Submission(JobId.create("slurm", "default"), request(name), part -> {});
    try (SlurmBackend first = program(slurm, time)) {
      first.submit(submission);
    }

    try (SlurmBackend second = program(slurm, time);
        SlurmBackend third = program(slurm, time)) {
      assertThat(second.find(submission)).isInstanceOf(Lookup.Found.class);
      assertThat(third.describe(List.of(submission.id())).values())
          .extracting(status -> status.state())
          .containsExactly(JobState.RUNNABLE);
    }
    assertThat(slurm.sent).hasSize(1);
  }

  private static SlurmBackend program(ScriptedSlurm slurm, VirtualTime time) {
    return SlurmBackend.builder()
        .runner(slurm)
        .time(time)
        .records(Path.of("/nowhere"))
        .workingDirectory(Path.of("/work"))
        .build();
  }
}
