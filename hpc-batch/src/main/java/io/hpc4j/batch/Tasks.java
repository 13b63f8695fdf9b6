package io.hpc4j.batch;

import io.hpc4j.model.IndexSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The elements of an array, or the one task of a job that is none. Guarded by their job. */
final class Tasks {
  private IndexSet indices;

  /** Made when somebody looks, since a job that is only planned has none. */
  private Task @Nullable [] all;

  /**
   * Tasks that nobody has looked at yet.
   *
   * @param indices the elements; none outside an array
   */
  Tasks(IndexSet indices) {
    this.indices = indices;
  }

  /** Looks at a task. */
  @FunctionalInterface
  interface Visitor {
    void visit(int index, Task task);
  }

  private Task[] all() {
    Task[] made = all;
    if (made == null) {
      made = new Task[Math.max(1, indices.size())];
      Arrays.setAll(made, i -> new Task());
      all = made;
    }
    return made;
  }

  IndexSet indices() {
    return indices;
  }

  boolean isArray() {
    return !indices.isEmpty();
  }

  /** All with their indices; 0 outside an array. */
  void forEach(Visitor visitor) {
    Task[] some = all();
    if (!isArray()) {
      visitor.visit(0, some[0]);
    } else {
      int[] rank = {0};
      indices.forEach(index -> visitor.visit(index, some[rank[0]++]));
    }
  }

  boolean any(Predicate<Task> condition) {
    return Arrays.stream(all()).anyMatch(condition);
  }

  boolean all(Predicate<Task> condition) {
    return Arrays.stream(all()).allMatch(condition);
  }

  /** The task of an index; of any index outside an array. */
  Optional<Task> find(int index) {
    int rank = isArray() ? indices.rankOf(index).orElse(-1) : 0;
    return rank < 0 ? Optional.empty() : Optional.of(all()[rank]);
  }

  /** Takes up elements that were not known before. */
  void widen(IndexSet more) {
    int[] wider = IntStream.concat(indices.stream(), more.stream()).distinct().toArray();
    if (wider.length > indices.size()) {
      Map<Integer, Task> known = new HashMap<>();
      forEach(known::put);
      indices = IndexSet.of(wider);
      all =
          indices.stream()
              .mapToObj(index -> known.computeIfAbsent(index, i -> new Task()))
              .toArray(Task[]::new);
    }
  }
}
