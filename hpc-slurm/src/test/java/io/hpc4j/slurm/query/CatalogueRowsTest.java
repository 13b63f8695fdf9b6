package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Node;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CatalogueRowsTest {
  @Nested
  class Nodes {
    private static NodeRow of(String state) {
      return NodeRow.parse("n1|main*|" + state + "|1/7/0/8|100|50|gpu:2|gpu:1|a,b|none\n").get(0);
    }

    @Test
    void there_is_a_row_for_each_node_and_partition() {
      List<NodeRow> rows = NodeRow.parse(Recorded.text("sinfo"));

      assertThat(rows).hasSize(19);
      NodeRow node = rows.get(2);
      assertThat(node.name()).isEqualTo("acct1-n1");
      assertThat(node.partition()).isEqualTo("normal");
      assertThat(node.isDefaultPartition()).isTrue();
      assertThat(node.cpus()).isEqualTo(2);
      assertThat(node.memory()).isEqualTo(Memory.ofMiB(4096));
      assertThat(node.memoryInUse()).isEqualTo(Memory.ofBytes(0));
      assertThat(node.gpus()).isEqualTo(1);
      assertThat(node.gpusInUse()).isZero();
      assertThat(node.features()).containsExactly("ib");
      assertThat(node.reason()).isEmpty();
    }

    @Test
    void a_node_that_is_powered_off_can_start_jobs() {
      NodeRow cloud = NodeRow.parse(Recorded.text("sinfo")).get(0);

      assertThat(cloud.state()).isEqualTo("idle");
      assertThat(cloud.flags()).containsExactly(NodeRow.Flag.POWERED_DOWN);
      assertThat(cloud.nodeState()).isEqualTo(Node.State.IDLE);
      assertThat(cloud.gpus()).isZero();
    }

    @Test
    void suffixes_are_flags() {
      assertThat(of("mixed").nodeState()).isEqualTo(Node.State.MIXED);
      assertThat(of("allocated#").flags()).containsExactly(NodeRow.Flag.POWERING_UP);
      assertThat(of("allocated#").nodeState()).isEqualTo(Node.State.ALLOCATED);
      assertThat(of("allocated+").flags()).containsExactly(NodeRow.Flag.COMPLETING);
      assertThat(of("idle%").flags()).containsExactly(NodeRow.Flag.POWERING_DOWN);
      assertThat(of("idle-").flags()).containsExactly(NodeRow.Flag.PLANNED);
      assertThat(of("idle$").flags()).containsExactly(NodeRow.Flag.MAINTENANCE);
      assertThat(of("idle*").nodeState()).isEqualTo(Node.State.DOWN);
      assertThat(of("down*").state()).isEqualTo("down");
      assertThat(of("draining").nodeState()).isEqualTo(Node.State.DRAINING);
      assertThat(of("drained*").nodeState()).isEqualTo(Node.State.DOWN);
      assertThat(of("drained").nodeState()).isEqualTo(Node.State.DRAINED);
      assertThat(of("completing").nodeState()).isEqualTo(Node.State.MIXED);
      assertThat(of("reboot^").nodeState()).isEqualTo(Node.State.DOWN);
      assertThat(of("inval").nodeState()).isEqualTo(Node.State.DOWN);
      assertThat(of("*").state()).isEmpty();
    }

    @Test
    void a_reason_may_hold_anything() {
      NodeRow node =
          NodeRow.parse("n1|main|down*|0/0/8/8|100|0|(null)|gpu:0|(null)|not | here, [sorry]\n")
              .get(0);

      assertThat(node.reason()).isEqualTo("not | here, [sorry]");
      assertThat(node.features()).isEmpty();
    }

    @Test
    void generic_resources_have_types_counts_and_sockets() {
      assertThat(Gres.parse("gpu:a100:4(S:0-1),nvme:1,tmpdisk"))
          .containsExactly(
              new Gres("gpu", Optional.of("a100"), 4),
              new Gres("nvme", Optional.empty(), 1),
              new Gres("tmpdisk", Optional.empty(), 1));
      assertThat(Gres.parse("gpu:a100:2(IDX:0,2),gpu:v100:1(IDX:3)"))
          .extracting(Gres::count)
          .containsExactly(2L, 1L);
      assertThat(Gres.parse("(null)")).isEmpty();
      assertThat(Gres.parse("")).isEmpty();
      assertThat(Gres.parse("gpu:1:2:3,,:")).isEmpty();
    }

    @Test
    void a_line_that_is_no_node_is_refused() {
      for (String bad :
          List.of(
              "n1|main|idle",
              "n1|main|idle|8|100|0|(null)|(null)|(null)|none",
              "n1|main|idle|0/8/0/8|N/A|0|(null)|(null)|(null)|none",
              "|main|idle|0/8/0/8|100|0|(null)|(null)|(null)|none")) {
        assertThatExceptionOfType(UnreadableReply.class)
            .as(bad)
            .isThrownBy(() -> NodeRow.parse(bad))
            .withMessageContaining("sinfo");
      }
    }
  }

  @Nested
  class Partitions {
    @Test
    void limits_are_read_and_no_limit_is_none() {
      List<PartitionRow> rows =
          PartitionRow.parse(Recorded.block("28-scontrol-part", "scontrol").stdout());

      assertThat(rows)
          .extracting(PartitionRow::name)
          .containsExactly("main", "debug", "urgent", "scav", "down", "cloud");
      PartitionRow main = rows.get(0);
      assertThat(main.isDefault()).isTrue();
      assertThat(main.isUp()).isTrue();
      assertThat(main.maxTime()).contains(Duration.ofDays(1));
      assertThat(main.defaultTime()).contains(Duration.ofHours(1));
      assertThat(main.maxNodes()).isEqualTo(OptionalInt.empty());
      assertThat(main.maxMemoryPerNode()).isEmpty();
      assertThat(main.allowAccounts()).isEmpty();
      assertThat(main.nodes()).isEqualTo("n[1-4]");
      assertThat(main.totalNodes()).isEqualTo(4);
      assertThat(main.totalCpus()).isEqualTo(32);
      assertThat(main.priorityTier()).isEqualTo(10);
      PartitionRow debug = rows.get(1);
      assertThat(debug.maxNodes()).isEqualTo(OptionalInt.of(1));
      assertThat(debug.maxTime()).contains(Duration.ofMinutes(2));
      assertThat(debug.defaultTime()).isEmpty();
      PartitionRow down = rows.get(4);
      assertThat(down.isUp()).isFalse();
      assertThat(down.maxTime()).isEmpty();
    }

    @Test
    void a_second_recording_reads_the_same_way() {
      assertThat(PartitionRow.parse(Recorded.text("partition")))
          .hasSize(6)
          .filteredOn(PartitionRow::isDefault)
          .extracting(PartitionRow::name)
          .containsExactly("normal");
    }

    @Test
    void who_may_use_it_is_a_set() {
      PartitionRow row =
          PartitionRow.parse(
                  "PartitionName=x  AllowAccounts=b,a AllowQos=long State=UP MaxMemPerNode=4096\n")
              .get(0);

      assertThat(row.allowAccounts().orElseThrow()).containsExactlyInAnyOrder("a", "b");
      assertThat(row.allowQos().orElseThrow()).containsExactly("long");
      assertThat(row.maxMemoryPerNode()).contains(Memory.ofGiB(4));
    }

    @Test
    void a_line_that_is_no_partition_is_refused() {
      for (String bad :
          List.of(
              "No partitions in the system",
              "PartitionName=x",
              "State=UP",
              "PartitionName=x State=UP MaxTime=soon",
              "PartitionName=x State=UP MaxNodes=few",
              "PartitionName=x State=UP MaxMemPerNode=much")) {
        assertThatExceptionOfType(UnreadableReply.class)
            .as(bad)
            .isThrownBy(() -> PartitionRow.parse(bad))
            .withMessageContaining("scontrol");
      }
    }
  }

  @Nested
  class Shares {
    @Test
    void accounts_and_users_are_a_tree() {
      String table = Recorded.block("29-fairshare", "sshare -a -P").stdout();
      List<ShareRow> rows = ShareRow.parse(table.substring(table.indexOf('\n') + 1));

      assertThat(rows).hasSize(10);
      assertThat(rows.get(0).depth()).isZero();
      assertThat(rows.get(0).rawShares()).isEmpty();
      ShareRow alice = rows.get(8);
      assertThat(alice.depth()).isEqualTo(3);
      assertThat(alice.account()).isEqualTo("physics");
      assertThat(alice.user()).contains("alice");
      assertThat(alice.rawShares()).isEqualTo(OptionalDouble.of(50));
      assertThat(alice.rawUsage()).isEqualTo(OptionalDouble.of(668));
      assertThat(alice.fairShare()).isEqualTo(OptionalDouble.of(0.2));
      assertThat(rows.get(1).levelFairShare())
          .isEqualTo(OptionalDouble.of(Double.POSITIVE_INFINITY));
      assertThat(rows.get(7).user()).isEmpty();
      assertThat(rows.get(7).fairShare()).isEmpty();
    }

    @Test
    void a_second_recording_reads_the_same_way() {
      assertThat(ShareRow.parse(Recorded.text("sshare")))
          .filteredOn(row -> row.user().isPresent())
          .hasSize(6);
    }

    @Test
    void a_user_with_the_shares_of_the_account_has_none_of_their_own() {
      assertThat(ShareRow.parse("x|u|parent|0.5|0|0.0|inf|1.0\n").get(0).rawShares()).isEmpty();
    }

    @Test
    void a_line_that_is_no_share_is_refused() {
      for (String bad : List.of("x|u|1", "|u|1|0.5|0|0.0|inf|1.0", "x|u|one|0.5|0|0.0|inf|1.0")) {
        assertThatExceptionOfType(UnreadableReply.class)
            .isThrownBy(() -> ShareRow.parse(bad))
            .withMessageContaining("sshare");
      }
    }
  }
}
