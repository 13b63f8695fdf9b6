package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskSetTest {
  private static TaskSet parse(String text) {
    return TaskSet.parse(text).orElseThrow();
  }

  @Test
  void a_job_that_is_no_array_has_no_tasks() {
    assertThat(parse("76")).isEqualTo(new TaskSet("76", IndexSet.empty()));
    assertThat(parse("76").isPlain()).isTrue();
  }

  @Test
  void a_task_has_the_index_behind_the_array_s_id() {
    assertThat(parse("26_5")).isEqualTo(new TaskSet("26", IndexSet.of(5)));
    assertThat(parse("26_0").tasks().contains(0)).isTrue();
    assertThat(parse("26_5").isPlain()).isFalse();
  }

  @Test
  void waiting_tasks_are_ranges_steps_and_single_ones_and_the_throttle_is_left_out() {
    assertThat(parse("26_[10-64%5]").tasks()).isEqualTo(IndexSet.range(10, 64));
    assertThat(parse("1955_[1-199:2%7]").tasks()).isEqualTo(IndexSet.parse("1-199:2"));
    assertThat(parse("20_[2-7,12-17,22%56]").tasks()).isEqualTo(IndexSet.parse("2-7,12-17,22"));
    assertThat(parse("20_[2-7%56]").tasks().size()).isEqualTo(6);
    assertThat(parse("20_[0%1]").tasks()).isEqualTo(IndexSet.of(0));
    assertThat(parse("122_[1-5]").tasks().size()).isEqualTo(5);
    assertThat(parse("5_[1,5,9,13-14]").tasks()).isEqualTo(IndexSet.of(1, 5, 9, 13, 14));
  }

  @Test
  void waiting_tasks_do_not_hide_a_task_that_has_started() {
    assertThat(parse("12_[2,4-12]").tasks().contains(0)).isFalse();
  }

  @Test
  void a_part_of_a_heterogeneous_job_keeps_its_offset() {
    assertThat(parse("96+0").jobId()).isEqualTo("96+0");
    assertThat(parse("96+1").isPlain()).isTrue();
  }

  @Test
  void an_expression_that_was_cut_short_is_no_id() {
    assertThat(TaskSet.parse("2_[2,9,22,26,29,31,35,64,88,96,")).isEmpty();
    assertThat(TaskSet.parse("2_[2,9,22,177,...]")).isEmpty();
    assertThat(TaskSet.parse("5_[1,5,9,145,1...%4]")).isEmpty();
    assertThat(TaskSet.parse("26_[10-6")).isEmpty();
    assertThat(TaskSet.parse("26_")).isEmpty();
  }

  @Test
  void what_is_no_id_is_none() {
    for (String text :
        List.of(
            "",
            "0",
            "x",
            "76 ",
            " 76",
            "76_x",
            "76_-1",
            "76_[]",
            "76_[3-1]",
            "76_[1-2%]",
            "76_[1-2%x]",
            "76_[1-2]x",
            "76_[1,1]",
            "+0",
            "76+",
            "76.batch",
            "-5",
            "12345678901",
            "76_5_6",
            "７６")) {
      assertThat(TaskSet.parse(text)).as(text).isEmpty();
    }
  }

  @Test
  void the_text_is_what_scancel_takes() {
    assertThat(parse("76")).hasToString("76");
    assertThat(parse("26_5")).hasToString("26_5");
    assertThat(parse("26_[10-64%5]")).hasToString("26_[10-64]");
  }
}
