package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
  private static List<Problem> problemsOf(Resources resources) {
    return JobRequest.of(
            JobDefinition.builder("x")
                .command("true")
                .resources(resources)
                .launch(Launch.PER_TASK)
                .build())
        .problems();
  }

  @Test
  void what_is_not_said_is_one_small_task_on_one_node() {
    Resources r = Resources.defaults();

    assertThat(r.nodes()).isOne();
    assertThat(r.tasksPerNode()).isOne();
    assertThat(r.totalTasks()).isOne();
    assertThat(r.cpusPerTask()).isOne();
    assertThat(r.cpusPerNode()).isOne();
    assertThat(r.gpusPerNode()).isZero();
    assertThat(r.memoryPerNode()).isEqualTo(Memory.ofGiB(2));
    assertThat(r.consumables()).isEmpty();
    assertThat(r.statedNodes()).isEmpty();
    assertThat(r.statedMemoryPerNode()).isEmpty();
  }

  @Nested
  class Algebra {
    @ParameterizedTest(name = "total {0}, nodes {1}, per node {2} = {3} x {4}")
    @CsvSource({
      "6,,, 1,6",
      ",2,, 2,1",
      ",,3, 1,3",
      "6,2,, 2,3",
      "6,,3, 2,3",
      "6,2,3, 2,3",
      ",2,3, 2,3",
      "1,1,1, 1,1"
    })
    void two_of_three_numbers_give_the_third(
        @Nullable Integer total,
        @Nullable Integer nodes,
        @Nullable Integer perNode,
        int expectedNodes,
        int expectedPerNode) {
      Resources r = resources(total, nodes, perNode);

      assertThat(problemsOf(r)).isEmpty();
      assertThat(r.nodes()).isEqualTo(expectedNodes);
      assertThat(r.tasksPerNode()).isEqualTo(expectedPerNode);
      assertThat(r.totalTasks()).isEqualTo(expectedNodes * expectedPerNode);
    }

    @ParameterizedTest(name = "total {0}, nodes {1}, per node {2}")
    @CsvSource({"3,2,", "3,,2", "8,2,2", "1,2,", "1,,2", "4,4,2"})
    void numbers_that_do_not_agree_are_refused_with_all_of_them(
        @Nullable Integer total, @Nullable Integer nodes, @Nullable Integer perNode) {
      assertThat(problemsOf(resources(total, nodes, perNode)))
          .singleElement()
          .satisfies(
              p -> {
                assertThat(p.field()).isEqualTo("resources.totalTasks");
                assertThat(p.value()).isEqualTo("" + total);
                assertThat(p.rule())
                    .contains("nodes " + (nodes == null ? "not said" : nodes))
                    .contains("tasksPerNode " + (perNode == null ? "not said" : perNode));
              });
    }

    @Test
    void products_beyond_an_int_are_refused_and_not_wrapped_around() {
      assertThat(problemsOf(Resources.nodes(1_000_000).tasksPerNode(1_000_000)))
          .extracting(Problem::field)
          .containsExactly("resources");
      assertThat(problemsOf(Resources.tasks(1_000_000).cpusPerTask(1_000_000)))
          .extracting(Problem::field)
          .containsExactly("resources");
    }

    private Resources resources(
        @Nullable Integer total, @Nullable Integer nodes, @Nullable Integer perNode) {
      Resources r = nodes == null ? Resources.defaults() : Resources.nodes(nodes);
      r = perNode == null ? r : r.tasksPerNode(perNode);
      return total == null ? r : r.totalTasks(total);
    }
  }

  @Test
  void cpus_of_a_node_are_its_tasks_times_theirs() {
    Resources r = Resources.nodes(4).tasksPerNode(16).cpusPerTask(2);

    assertThat(r.cpusPerNode()).isEqualTo(32);
    assertThat(r).hasToString("4 nodes x 16 tasks x 2 cpus, 2 GiB per node");
  }

  @Test
  void what_was_said_counts_for_equality_also_where_it_is_the_default() {
    assertThat(Resources.cpus(1)).isNotEqualTo(Resources.defaults());
    assertThat(Resources.cpus(1)).isEqualTo(Resources.defaults().cpusPerTask(1));
  }

  @Test
  void consumables_are_sorted_and_a_later_amount_replaces_an_earlier_one() {
    Resources r =
        Resources.cpus(1).consumable("vcs", 1).consumable("ansys", 3).consumable("vcs", 2);

    assertThat(r.consumables().toString()).isEqualTo("{ansys=3, vcs=2}");
  }

  @Nested
  class Features_and_whole_nodes {
    @Test
    void are_not_asked_for_unless_said() {
      assertThat(Resources.defaults().features()).isEmpty();
      assertThat(Resources.defaults().isExclusive()).isFalse();
    }

    @Test
    void features_are_sorted_said_once_and_replace_earlier_ones() {
      Resources r = Resources.cpus(1).features("old").features("ssd", "avx512", "ssd");

      assertThat(r.features()).containsExactly("avx512", "ssd").isUnmodifiable();
      assertThat(r.features(new String[0])).isEqualTo(Resources.cpus(1));
    }

    @Test
    void are_kept_by_what_is_said_later_and_never_change_what_was_before() {
      Resources before = Resources.nodes(2).features("ssd").exclusive().consumable("vcs", 1);

      Resources after =
          before.tasksPerNode(4).cpusPerTask(2).memoryGiB(8).gpus(1).consumable("ansys", 2);

      assertThat(after.features()).containsExactly("ssd");
      assertThat(after.isExclusive()).isTrue();
      assertThat(after.consumables()).containsOnlyKeys("ansys", "vcs");
      assertThat(before)
          .isEqualTo(Resources.nodes(2).consumable("vcs", 1).exclusive().features("ssd"));
    }

    @Test
    void count_for_equality_and_stand_in_the_text() {
      Resources r = Resources.cpus(2).features("ssd", "avx512").exclusive();

      assertThat(r).isNotEqualTo(Resources.cpus(2).features("ssd", "avx512"));
      assertThat(r).isNotEqualTo(Resources.cpus(2).exclusive());
      assertThat(r).hasSameHashCodeAs(Resources.cpus(2).exclusive().features("avx512", "ssd"));
      assertThat(r)
          .hasToString(
              "1 nodes x 1 tasks x 2 cpus, 2 GiB per node, nodes with avx512 and ssd, exclusive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a&b", "a|b", "[a]", "a,b", "-a", "a*2", "ü", "a\n"})
    void a_feature_that_slurm_would_read_as_an_operator_is_refused(String name) {
      assertThat(problemsOf(Resources.cpus(1).features(name, "ssd")))
          .extracting(Problem::field, Problem::value)
          .containsExactly(tuple("resources.features", name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssd", "avx512", "CPU_GEN:CSL", "ib=hdr", "rack-3", "v1.2", "_x", "4"})
    void a_plain_name_is_a_feature(String name) {
      assertThat(problemsOf(Resources.cpus(1).features(name))).isEmpty();
      assertThat(Capacity.cpus(1).features(name).features()).containsExactly(name);
    }
  }
}
