package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.query.NodeRow;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the cluster tells of itself, and that nothing depends on its telling all of it. */
class CatalogueTest extends SlurmCases {
  private static final ScriptedSlurm.Fault DENIED =
      real -> ScriptedSlurm.error("slurm_load error: Access/permission denied");
  private static final ScriptedSlurm.Fault NO_PROGRAM =
      real -> {
        throw new IOException("Cannot run program: error=13, Permission denied");
      };

  private static ScriptedSlurm.Fault says(String text) {
    return real -> new CommandResult(0, text, "");
  }

  private static ScriptedSlurm.Fault account(String name, String shares) {
    return says(
        (name + "||" + shares + "|0.5|0|0.0|inf|\n")
            + (" " + name + "|me|1|0.5|0|0.0|inf|0.5\n")
            + "physics||7|0.5|0|0.0|inf|\n physics|me|1|0.5|0|0.0|inf|0.5\n");
  }

  private List<String> queues() {
    return backend.queues().stream().map(JobQueue::name).toList();
  }

  private List<Problem> checkShare(String share) {
    return backend.check(JobRequest.builder(WORK).share(share).build());
  }

  @Nested
  class Nodes_that_are_not_told {
    @Test
    void are_not_needed_by_a_job() {
      for (ScriptedSlurm.Fault fault :
          List.of(
              DENIED,
              NO_PROGRAM,
              says("*** what you do is logged ***\n"),
              real -> ScriptedSlurm.error("ask the help desk"))) {
        slurm.failAlways("sinfo", fault);
        backend.probe();

        JobId id = submit(r -> r.resources(Resources.cpus(1).memoryGiB(64)));

        assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
        assertThat(backend.nodes()).isEmpty();
        assertThat(backend.environments()).isEmpty();
        assertThat(backend.queues()).isEmpty();
      }
    }

    @Test
    void cost_only_the_queue_that_has_none() {
      slurm.partition(
          "PartitionName=empty MaxTime=UNLIMITED MaxNodes=UNLIMITED Nodes=(null) State=UP");

      assertThat(queues()).containsExactly("main");

      assertThat(backend.environments())
          .extracting(ComputeEnvironment::name)
          .containsExactly("main");
    }

    @Test
    void are_asked_for_again_when_the_controller_could_not_be_reached() {
      slurm.fail("sinfo", ScriptedSlurm.UNREACHABLE);

      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(backend::nodes)
          .withMessageContaining("Unable to contact slurm controller");

      assertThat(backend.nodes()).hasSize(4);
    }
  }

  @Test
  void features_that_the_model_cannot_name_are_left_out() {
    slurm.failAlways(
        "sinfo",
        says("n1|main*|idle|0/8/0/8|16000|0|gpu:2|gpu:0|intel/2020,avx512,10g+,a@b|none\n"));

    assertThat(backend.nodes())
        .singleElement()
        .satisfies(node -> assertThat(node.capacity().features()).containsExactly("avx512"));

    assertThat(backend.environments())
        .singleElement()
        .extracting(ComputeEnvironment::nodes)
        .isEqualTo(Map.of("n1", new Capacity(8, Memory.ofMiB(16000), 2).features("avx512")));
  }

  @Nested
  class Accounts {
    @Test
    void that_the_model_cannot_name_or_weigh_are_left_out() {
      for (ScriptedSlurm.Fault odd :
          List.of(
              account("proj_climate", "1"), account("climate", "0"), account("climate", "99999"))) {
        slurm.failAlways("sshare", odd);

        assertThat(backend.queues())
            .singleElement()
            .satisfies(q -> assertThat(q.policy().shares()).isEqualTo(Map.of("physics", 7.0)));
      }
    }

    @Test
    void that_are_not_told_are_not_checked() {
      for (ScriptedSlurm.Fault fault :
          List.of(
              DENIED,
              NO_PROGRAM,
              real ->
                  ScriptedSlurm.error(
                      "You are not running a supported priority plugin\n(priority/basic)."))) {
        slurm.failAlways("sshare", fault);

        assertThat(checkShare("climate")).isEmpty();
        assertThat(queues()).containsExactly("main");
        assertThat(backend.shares("main")).isEmpty();
      }
    }

    @Test
    void that_are_told_are_checked() {
      slurm.failAlways("sshare", account("climate", "1"));

      assertThat(checkShare("climate")).isEmpty();
      assertThat(checkShare("nobody"))
          .extracting(Problem::rule)
          .containsExactly("is none of the accounts that you may use, [climate, physics]");
    }

    @Test
    void are_said_not_to_be_kept_only_where_they_are_not() {
      assertThat(checkShare("climate"))
          .extracting(Problem::rule)
          .containsExactly("is none of the accounts that you may use, []");
      slurm.accounting = false;
      backend = program();

      assertThat(checkShare("climate"))
          .extracting(Problem::rule)
          .containsExactly("the cluster keeps no accounts");
    }
  }

  @Nested
  class Partitions_that_are_not_told {
    @Test
    void leave_the_default_to_slurm() {
      slurm.failAlways("scontrol -a -o show partition", DENIED);

      JobId id = submit(r -> r);

      assertThat(slurm.sent.get(0).has("--partition")).isFalse();
      assertThat(backend.plan(JobRequest.of(WORK)).artifacts().get("command"))
          .doesNotContain("--partition");
      assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
      assertThat(status(id).queue()).contains("main");
      assertThat(backend.defaultQueue()).isEmpty();
    }

    @Test
    void are_taken_at_their_word() {
      slurm.failAlways("scontrol -a -o show partition", DENIED);

      JobId id = submit(r -> r.queue("main"));
      seconds(1);

      assertThat(slurm.sent.get(0).value("--partition")).isEqualTo("main");
      assertThat(backend.list(JobFilter.all().queue("main")))
          .extracting(status -> status.id())
          .containsExactly(id);
      assertThat(backend.shares("main")).isEmpty();
    }
  }

  @Test
  void hidden_partitions_take_jobs_too() {
    slurm.partition(
        "PartitionName=night Hidden=YES MaxTime=01:00:00 MaxNodes=UNLIMITED Nodes=n1 State=UP");

    JobId id = submit(r -> r.queue("night"));

    assertThat(slurm.sent.get(0).value("--partition")).isEqualTo("night");
    assertThat(state(id)).isEqualTo(JobState.RUNNABLE);
    assertThat(NodeRow.command()).startsWith("sinfo", "-a");
  }

  @Test
  void licences_that_are_not_told_are_not_checked() {
    JobRequest request =
        JobRequest.builder(WORK).resources(Resources.cpus(1).consumable("matlab", 1)).build();
    assertThat(backend.check(request)).hasSize(1);

    slurm.failAlways("scontrol -o show licenses", DENIED);

    assertThat(backend.check(request)).isEmpty();
  }
}
