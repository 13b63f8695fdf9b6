package io.hpc4j.local;

import static io.hpc4j.local.Bench.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Node;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.WaitReason;
import org.junit.jupiter.api.Test;

class FaultTest {
  @Test
  void a_failing_node_ends_what_runs_on_it() {
    try (Bench bench = Bench.nodes(2, 1)) {
      JobId array = bench.submit(work(10), r -> r.array(2));
      bench.advance(3);

      bench.act(() -> bench.backend.failNode("c-1")).advance(0);

      assertThat(bench.status(array.element(0)).reason()).contains(Reason.NODE_FAILURE);
      assertThat(bench.endedAt(array.element(0))).isEqualTo(3);
      assertThat(bench.state(array.element(1))).isEqualTo(JobState.RUNNING);
      assertThat(bench.backend.nodes().get(0).state()).isEqualTo(Node.State.DOWN);
    }
  }

  @Test
  void a_failing_node_ends_a_gang_and_frees_all_its_nodes() {
    try (Bench bench = Bench.nodes(3, 1)) {
      JobId gang =
          bench.submit(
              work(10)
                  .resources(Resources.nodes(3))
                  .launch(Launch.PER_NODE)
                  .retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE)));
      bench.advance(3);

      bench.act(() -> bench.backend.failNode("c-2")).advance(0);

      assertThat(bench.state(gang)).isEqualTo(JobState.RUNNABLE);
      assertThat(bench.why(gang).kind()).isEqualTo(WaitReason.Kind.NODES_UNAVAILABLE);
      assertThat(bench.backend.nodes()).allMatch(node -> node.cpusInUse() == 0);
      bench.act(() -> bench.backend.restoreNode("c-2")).advance(20);
      assertThat(bench.state(gang)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.startedAt(gang)).isEqualTo(3);
    }
  }

  @Test
  void a_draining_node_finishes_what_it_has() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId first = bench.submit(work(10));
      JobId second = bench.submit(work(10));
      bench.advance(3);

      bench.act(() -> bench.backend.drainNode("c-1", "new disk"));
      assertThat(bench.backend.nodes().get(0).state()).isEqualTo(Node.State.DRAINING);
      bench.advance(17);

      assertThat(bench.state(first)).isEqualTo(JobState.SUCCEEDED);
      assertThat(bench.backend.nodes().get(0).state()).isEqualTo(Node.State.DRAINED);
      assertThat(bench.backend.nodes().get(0).reason()).isEqualTo("new disk");
      bench.act(() -> bench.backend.restoreNode("c-1")).advance(0);
      assertThat(bench.startedAt(second)).isEqualTo(20);
    }
  }

  @Test
  void a_cancelled_job_stays_cancelled_when_its_node_fails() {
    try (Bench bench = Bench.nodes(1, 1)) {
      JobId job = bench.submit(work(10).retry(RetryPolicy.attempts(3)));
      bench.advance(3);

      bench.act(() -> bench.backend.cancel(job, "stop"));
      bench.act(() -> bench.backend.failNode("c-1"));
      bench.act(() -> bench.backend.restoreNode("c-1")).advance(60);

      assertThat(bench.state(job)).isEqualTo(JobState.CANCELLED);
      assertThat(bench.backend.attempts(job)).hasSize(1);
    }
  }

  @Test
  void failing_twice_and_restoring_twice_changes_nothing() {
    try (Bench bench = Bench.nodes(1, 1)) {
      bench.act(() -> bench.backend.failNode("c-1"));
      bench.act(() -> bench.backend.failNode("c-1"));
      bench.act(() -> bench.backend.restoreNode("c-1"));
      bench.act(() -> bench.backend.restoreNode("c-1"));

      JobId job = bench.submit(work(1));

      bench.advance(1);
      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
    }
  }

  @Test
  void an_unknown_node_is_said() {
    try (Bench bench = Bench.nodes(1, 1)) {
      assertThatThrownBy(() -> bench.backend.failNode("c-9"))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining("c-9");
    }
  }

  @Test
  void the_same_element_moves_to_another_node_after_a_failure() {
    try (Bench bench = Bench.nodes(2, 1)) {
      JobId job = bench.submit(work(10).retry(RetryPolicy.attempts(2)));
      bench.advance(3);

      bench.act(() -> bench.backend.failNode("c-1")).advance(10);

      assertThat(bench.status(job).nodes()).containsExactly("c-2");
      assertThat(bench.backend.attempts(job).get(0).nodes()).containsExactly("c-1");
      assertThat(bench.state(job)).isEqualTo(JobState.SUCCEEDED);
    }
  }
}
