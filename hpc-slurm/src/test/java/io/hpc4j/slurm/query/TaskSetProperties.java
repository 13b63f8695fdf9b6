package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TaskSetProperties {
  @Property
  void the_text_of_tasks_is_read_back(
      @ForAll @IntRange(min = 1) int job,
      @ForAll @Size(max = 200) Set<@IntRange(max = 100_000) Integer> indices,
      @ForAll @IntRange(min = 1, max = 99) int throttle) {
    IndexSet tasks =
        indices.isEmpty()
            ? IndexSet.empty()
            : IndexSet.of(indices.stream().mapToInt(Integer::intValue).toArray());
    TaskSet set = new TaskSet("" + job, tasks);

    assertThat(TaskSet.parse(set.toString())).contains(set);
    assertThat(TaskSet.parse(set.toString().replace("]", "%" + throttle + "]"))).contains(set);
  }

  @Property
  void a_cut_expression_is_never_taken_for_fewer_tasks(
      @ForAll @IntRange(max = 900) int first, @ForAll @IntRange(min = 2, max = 40) int count) {
    StringBuilder text = new StringBuilder("7_[" + first);
    for (int i = 1; i < count; i++) {
      text.append(',').append(first + 2 * i);
    }

    for (int length = 3; length <= text.length(); length++) {
      assertThat(TaskSet.parse(text.substring(0, length))).isEmpty();
    }
  }

  @Property
  void any_text_is_an_id_or_none(@ForAll String text) {
    TaskSet.parse(text);
    TaskSet.parse("7_[" + text + "]");
  }
}
