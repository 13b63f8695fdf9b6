package io.hpc4j.slurm;

import static java.util.concurrent.CompletableFuture.supplyAsync;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.Job;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Outages of what all clusters of the tests share, so that no other test may run meanwhile. */
abstract class SlurmOutages extends ClusterCases {
  Ledger ledger;

  @BeforeEach
  void openLedger() throws IOException {
    ledger = new Ledger(cluster, directory);
  }

  @Test
  void while_munge_is_away_nothing_is_known_and_nothing_changes() throws IOException {
    Job ends =
        hpc.submit(ledger.work("until [ -e go ]; do sleep 0.1; done; touch over; exit 3").build());
    ledger.expect(ends.id(), 3);
    running(ends);
    cluster.nodesMayBeSilentFor(600);
    Cluster.killMunge();
    CompletableFuture<Job> sent;
    try {
      sent = supplyAsync(() -> hpc.submit(ledger.work("exit 5").build()));
      assertThatThrownBy(() -> hpc.status(List.of(ends))).isInstanceOf(BackendException.class);
      Files.createFile(directory.resolve("go"));
      Cluster.until("it has ended", () -> Files.exists(directory.resolve("over")));
      assertThat(ends.state()).isEqualTo(JobState.RUNNING);
    } finally {
      cluster.startMunge();
      cluster.nodesMayBeSilentFor(20);
    }

    try { // Slurm tries for a while; if that was not long enough, there is no job
      Job late = sent.join();
      ledger.expect(late.id(), 5);
      assertThat(end(late).exit()).contains(Exit.code(5));
    } catch (CompletionException e) {
      assertThat(e)
          .cause()
          .isInstanceOfSatisfying(
              BackendException.class, cause -> assertThat(cause.outcomeUnknown()).isFalse());
    }
    JobStatus end = end(ends);
    assertThat(end.exit()).as("%s", end).contains(Exit.code(3));
    Job next = hpc.submit(ledger.work("exit 4").build());
    ledger.expect(next.id(), 4);
    assertThat(end(next).exit()).contains(Exit.code(4));
    ledger.check();
  }
}
