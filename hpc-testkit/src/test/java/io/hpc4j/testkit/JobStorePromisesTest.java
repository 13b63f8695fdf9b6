package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobState;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client has noted in its store outlives it, whenever it is closed. */
class JobStorePromisesTest extends ScriptedCases {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private JobClient keeping() {
    return JobClient.builder(backend.reconnect()).store(JobStore.file(folder)).build();
  }

  private List<JobState> resumed() {
    try (JobClient next = keeping()) {
      return next.resume().stream().map(Job::state).toList();
    }
  }

  @Test
  void a_client_that_is_closed_while_a_lost_reply_is_looked_for_forgets_no_job() {
    faults.loseReplies(1).lateVisibility(Duration.ofSeconds(40));
    JobClient client = keeping();
    Cancellable unused = time.schedule(START.plusSeconds(20), Phase.END, client::close);

    assertThatThrownBy(() -> client.submit(sleep(HOUR)))
        .isInstanceOfSatisfying(
            BackendException.class, e -> assertThat(e.outcomeUnknown()).isTrue());

    minutes(5);
    assertThat(resumed()).containsExactly(JobState.RUNNING);
    assertThat(faults.arrivals()).isEqualTo(1);
  }

  @Test
  void what_was_refused_is_not_resumed() {
    faults.refuseSubmissions(1);
    try (JobClient client = keeping()) {
      assertThatThrownBy(() -> client.submit(sleep(HOUR))).isInstanceOf(BackendException.class);
    }

    assertThat(resumed()).isEmpty();
    assertThat(faults.findCalls()).isZero();
  }

  /** The client's own listener hears of the end after the job's. */
  @Test
  void a_client_that_a_listener_closes_lets_go_of_its_store() {
    JobClient client = keeping();
    Job job = client.submit(sleep(HOUR)).onEvent(event -> client.close());

    pass(HOUR.multipliedBy(2));

    assertThat(client.isOpen()).isFalse();
    assertThat(job.state()).isNotEqualTo(JobState.SUBMITTED);
    assertThat(resumed()).hasSizeLessThanOrEqualTo(1);
  }
}
