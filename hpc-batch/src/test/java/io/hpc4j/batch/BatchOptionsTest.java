package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.JobJson;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchOptionsTest {
  private static final BatchOptions NONE = BatchOptions.create();

  static Stream<BatchOptions> kept() {
    return Stream.of(
        NONE,
        NONE.fargate().executionRole("arn:e"),
        NONE.noShim(),
        NONE.publicIp(),
        NONE.ulimit("memlock", -1, -1).ulimit("nofile", 1024, 4096),
        NONE.privileged().readOnlyRoot().initProcess(),
        NONE.useExisting("arn:d"),
        NONE.jobRole("arn:j").user("1000:100").architecture("ARM64").instanceType("c7g.large"),
        NONE.sharedMemory(Memory.ofGiB(8)).swap(Memory.ofMiB(0), 10),
        NONE.tmpfs("/a", Memory.ofMiB(5), "rw", "noexec").tmpfs("/b", Memory.ofMiB(6)),
        NONE.device("/dev/fuse").device("/dev/infiniband/uverbs0"),
        NONE.hostVolume("/fsx", "/data").efsVolume("fs-1", "/home"),
        NONE.mount(new BatchOptions.Mount("/ro", "", "fs-2", "/sub", true)),
        NONE.secret("A", "arn:a").secret("B", "arn:b"),
        NONE.logDriver("awslogs", Map.of("awslogs-group", "g")),
        NONE.ephemeralStorageGiB(100).tag("team", "wrf").propagateTags());
  }

  @ParameterizedTest
  @MethodSource
  void kept(BatchOptions options) {
    JobRequest request = JobRequest.builder(JobDefinition.command("true")).options(options).build();

    JobRequest read = JobJson.readRequest(JobJson.write(request));

    assertThat(read.options().get("batch")).isEqualTo(options);
  }

  @Test
  void code_cannot_be_kept() {
    JobRequest request =
        JobRequest.builder(JobDefinition.command("true"))
            .options(NONE.changeSubmission(s -> s.propagateTags(true)))
            .build();

    assertThatThrownBy(() -> JobJson.write(request)).hasMessageContaining("code");
  }

  @Test
  void what_is_not_known_is_refused() {
    BatchOptionsCodec codec = new BatchOptionsCodec();

    assertThatThrownBy(() -> codec.read(Map.of("colour", "red")))
        .hasMessageContaining("no option colour");
    assertThatThrownBy(() -> codec.read(Map.of("fargate", false)))
        .hasMessageContaining("true or left out");
    assertThatThrownBy(() -> codec.read(Map.of("swappiness", 5L)))
        .hasMessageContaining("without swap");
  }
}
