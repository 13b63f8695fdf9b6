package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Exit;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The pitfalls of a cluster that keeps accounts, those of the accounts included. */
class RealSlurmPitfallsTest extends SlurmPitfalls {
  @Override
  Cluster.Kind kind() {
    return Cluster.Kind.ACCT;
  }

  @Test
  void an_exit_code_above_128_is_not_told_as_a_smaller_one() {
    Job job = submit("exit 137");
    end(job);

    Exit exit = byAccounts(job, CommandRunner.local()).exit().orElseThrow();

    assertThat(exit.isAmbiguous() || exit.equals(Exit.code(137))).as("%s", exit).isTrue();
  }

  @Test
  void a_job_that_was_never_eligible_is_found_in_the_accounts() {
    Job job = submit("true", r -> r.hold());
    in(JobState.PENDING, job);
    cluster.run("scancel", nativeId(job));
    end(job);

    JobStatus status = byAccounts(job, CommandRunner.local());

    assertEnded(status, JobState.CANCELLED, Reason.CANCELLED);
  }

  @Test
  void the_accounts_are_asked_for_named_jobs_only_and_nothing_is_asked_as_json() {
    List<List<String>> commands = new CopyOnWriteArrayList<>();
    CommandRunner recording =
        (command, environment, input, limit) -> {
          commands.add(command);
          return CommandRunner.local().run(command, environment, input, limit);
        };
    Job job = submit("exit 3");
    end(job);

    JobStatus status = byAccounts(job, recording);

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(commands).allSatisfy(command -> assertThat(command).doesNotContain("--json"));
    assertThat(commands)
        .filteredOn(command -> command.get(0).equals("sacct"))
        .isNotEmpty()
        .allSatisfy(
            command ->
                assertThat(String.join(" ", command)).containsPattern(" (-j|--jobs)[= ]?[0-9]"));
  }

  /** What a program finds that comes when only the accounts know the job. */
  private JobStatus byAccounts(Job job, CommandRunner runner) {
    String text = job.id().text();
    cluster.forgets(nativeId(job));
    hpc.close(); // clients of one cluster share what they know
    return clientWithoutRecords(runner).job(JobId.parse(text)).status();
  }

  @Test
  void the_cluster_in_a_reply_is_no_part_of_the_id() {
    CommandRunner naming =
        (command, environment, input, limit) -> {
          List<String> all = new ArrayList<>(command);
          if (command.get(0).equals("sbatch")) {
            all.add(1, "--clusters=" + cluster.name());
          }
          return CommandRunner.local().run(all, environment, input, limit);
        };

    Job job = client(naming).submit(sh("exit 8").build());

    assertThat(end(job).exit()).contains(Exit.code(8));
    assertThat(nativeId(job)).containsOnlyDigits();
  }
}
