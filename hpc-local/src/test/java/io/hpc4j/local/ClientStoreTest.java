package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client's store before a backend that needs none. */
class ClientStoreTest {
  @TempDir Path folder;

  @Test
  void a_java_task_which_no_store_can_keep_is_refused_before_anything_is_sent() {
    try (JobClient hpc =
        JobClient.builder(LocalBackend.create()).store(JobStore.file(folder)).build()) {
      JobDefinition task = JobDefinition.builder("sum").java(context -> 1 + 1).build();

      assertThatExceptionOfType(InvalidJobException.class).isThrownBy(() -> hpc.submit(task));

      assertThat(hpc.list(JobFilter.all())).isEmpty();
      assertThat(hpc.resume()).isEmpty();
    }
  }
}
