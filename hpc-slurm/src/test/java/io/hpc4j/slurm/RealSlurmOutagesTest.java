package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The outages of a cluster that keeps accounts, those of the accounts included. */
@Isolated
class RealSlurmOutagesTest extends SlurmOutages {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.ACCT;
  }

  @Test
  void jobs_run_and_end_while_the_accounts_are_away() throws IOException {
    List<Job> jobs = new ArrayList<>();
    Cluster.killAccounts();
    try {
      for (int i = 0; i < 20; i++) {
        int status = i % 2 * 3;
        Job job = hpc.submit(ledger.work("exit " + status).build());
        ledger.expect(job.id(), status);
        jobs.add(job);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(end(jobs.get(i)).exit()).contains(Exit.code(i % 2 * 3));
      }
    } finally {
      cluster.startAccounts();
    }

    ledger.check();
  }

  /** Neither while the accounts are away nor while they catch up is anything said but the truth. */
  @Test
  void what_only_the_accounts_know_is_known_once_they_are_back() throws IOException {
    Cluster.killAccounts();
    JobId id;
    try {
      Job job = hpc.submit(ledger.work("exit 3").build());
      ledger.expect(job.id(), 3);
      end(job);
      id = JobId.parse(job.id().text());
      cluster.forgets(nativeId(job));
      hpc.close(); // clients of one cluster share what they know
    } finally {
      cluster.startAccounts();
    }
    hpc = clientWithoutRecords(CommandRunner.local());

    List<JobStatus> seen = new ArrayList<>();
    Cluster.until(
        "the accounts tell of the end",
        () -> {
          seen.addAll(hpc.status(List.of(id)).values());
          return seen.stream().anyMatch(status -> status.state().isEnded());
        });

    JobStatus end = seen.get(seen.size() - 1);
    assertEnded(end, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(end.exit()).contains(Exit.code(3));
    ledger.check();
  }
}
