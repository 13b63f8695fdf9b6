package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.StoreException;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Ended;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store holds when it is opened again. */
class JobStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123456789Z");
  private static final JobDefinition WORK = JobDefinition.command("true");

  @TempDir Path folder;
  private JobStore store;

  @BeforeEach
  void open() {
    store = JobStore.file(folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void again() {
    store.close();
    store = JobStore.file(folder);
  }

  private static JobId id() {
    return JobId.create("slurm", "default");
  }

  private JobId submit(JobRequest request) {
    JobId id = id();
    store.submitting(id, request, NOW, List.of());
    return id;
  }

  private JobId submitAfter(JobId... on) {
    JobRequest.Builder request = JobRequest.builder(WORK);
    List.of(on).forEach(one -> request.after(() -> one));
    return submit(request.build());
  }

  @Test
  void what_is_open_is_there_with_its_parts_in_order() {
    JobRequest request = JobRequest.builder(WORK).array(IndexSet.of(1, 5, 70_000)).build();
    JobId one = submit(request);
    JobId two = submitAfter(one);
    Accepted first = new Accepted("17", IndexSet.of(1, 5), "memo 1");
    Accepted second = new Accepted("18", IndexSet.of(70_000), "");
    Accepted plain = new Accepted("19", IndexSet.empty(), "x");
    store.accepted(one, first);
    store.accepted(two, plain);
    store.accepted(one, second);

    again();

    assertThat(store.open()).extracting(JobStore.Entry::id).containsExactly(one, two);
    assertThat(store.open()).extracting(JobStore.Entry::at).containsOnly(NOW);
    assertThat(store.open().get(0).request()).isEqualTo(request);
    assertThat(store.open().get(0).parts()).containsExactly(first, second);
    assertThat(store.open().get(1).parts()).containsExactly(plain);
  }

  @Test
  void what_is_over_is_gone() {
    JobId one = submitAfter();
    JobId two = submitAfter();
    store.over(one);

    again();

    assertThat(store.open()).extracting(JobStore.Entry::id).containsExactly(two);
  }

  @Test
  void an_ending_stays_as_long_as_an_open_job_depends_on_it() {
    JobId first = submit(JobRequest.builder(WORK).array(3).build());
    JobId then = submitAfter(first);
    JobId later = submitAfter(first);
    Ended ended =
        new Ended(
            first,
            JobState.FAILED,
            Map.of(JobState.FAILED, IndexSet.of(1), JobState.SUCCEEDED, IndexSet.of(0, 2)));
    store.ended(ended);
    store.over(first);
    store.over(then);

    again();
    assertThat(store.endings()).containsExactly(ended);

    store.over(later);
    assertThat(store.endings()).isEmpty();
    again();
    assertThat(store.endings()).isEmpty();
  }

  @Test
  void an_ending_can_be_noted_with_the_job_that_needs_it() {
    Ended ended = new Ended(id(), JobState.SUCCEEDED, Map.of());
    JobRequest request = JobRequest.builder(WORK).after(ended::id).build();
    store.submitting(id(), request, NOW, List.of(ended));

    again();

    assertThat(store.endings()).containsExactly(ended);
  }

  @Test
  void a_torn_end_leaves_all_that_was_safe_before_it() throws IOException {
    JobId one = submitAfter();
    store.accepted(one, new Accepted("17", IndexSet.empty(), ""));
    store.close();
    long whole = Files.size(folder.resolve("journal"));
    JobId torn = submitAfter();
    store.close();

    for (long length = Files.size(folder.resolve("journal")) - 1; length >= whole; length -= 7) {
      try (RandomAccessFile file = new RandomAccessFile(folder.resolve("journal").toFile(), "rw")) {
        file.setLength(length);
      }
      store = JobStore.file(folder);

      assertThat(store.open()).extracting(JobStore.Entry::id).containsExactly(one);
      assertThat(store.open().get(0).parts()).hasSize(1);
      store.close();
    }
    assertThat(torn).isNotEqualTo(one);
  }

  @Test
  void two_programs_cannot_use_one_folder() {
    JobId one = submitAfter();
    try (JobStore other = JobStore.file(folder)) {
      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(other::open)
          .matches(e -> e.kind() == StoreException.Kind.LOCKED);

      store.close();

      assertThat(other.open()).extracting(JobStore.Entry::id).containsExactly(one);
    }
  }

  @Test
  void a_store_that_was_closed_sees_what_another_program_did_meanwhile() {
    JobId one = submitAfter();
    JobId two = submitAfter();
    store.close();
    try (JobStore other = JobStore.file(folder)) {
      other.over(one);
    }

    assertThat(store.open()).extracting(JobStore.Entry::id).containsExactly(two);
  }

  @Test
  void what_is_over_is_written_out_of_the_file() throws IOException {
    store = JobStore.file(folder, 2000);
    JobId first = submitAfter();
    JobId then = submitAfter(first);
    store.accepted(then, new Accepted("17", IndexSet.empty(), "memo"));
    Ended ended = new Ended(first, JobState.SUCCEEDED, Map.of());
    store.ended(ended);
    store.over(first);
    for (int i = 0; i < 200; i++) {
      store.over(submitAfter());
    }
    store.close();

    assertThat(Files.size(folder.resolve("journal"))).isLessThan(8000);
    store = JobStore.file(folder);
    assertThat(store.open()).extracting(JobStore.Entry::id).containsExactly(then);
    assertThat(store.open().get(0).parts()).hasSize(1);
    assertThat(store.endings()).containsExactly(ended);
  }
}
