package io.hpc4j.local.schedule;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One scheduling pass, first in first out: queues with higher priority first, then jobs with higher
 * priority, then earlier submission.
 *
 * <p>A job that does not fit closes its queue's environments for everything behind it, so that
 * nothing overtakes it. One that would not even fit if all nodes in service were idle waits for a
 * node to come back, and stops nobody.
 *
 * @param <J> the jobs
 */
public final class FifoPass<J extends Candidate> {
  private final BiConsumer<J, Allocation> start;
  private final Set<EnvironmentState> closed = new HashSet<>();
  private final PriorityQueue<Head<J>> heads =
      new PriorityQueue<>(
          Comparator.<Head<J>>comparingInt(head -> head.queue().definition().priority())
              .reversed()
              .thenComparing(Head::job, Candidate.ORDER));

  private record Head<J extends Candidate>(QueueState<J> queue, J job) {}

  private FifoPass(BiConsumer<J, Allocation> start) {
    this.start = start;
  }

  /**
   * Starts all that can start.
   *
   * @param queues all queues
   * @param start is told each start; it takes the job out of its queue's candidates when nothing
   *     more of it can start
   */
  public static <J extends Candidate> void run(
      Collection<QueueState<J>> queues, BiConsumer<J, Allocation> start) {
    FifoPass<J> pass = new FifoPass<>(start);
    for (QueueState<J> queue : queues) {
      if (queue.definition().enabled() && !queue.candidates().isEmpty()) {
        pass.heads.add(new Head<>(queue, queue.candidates().first()));
      }
    }
    for (Head<J> head = pass.heads.poll(); head != null; head = pass.heads.poll()) {
      pass.serve(head);
    }
  }

  private void serve(Head<J> head) {
    QueueState<J> queue = head.queue();
    startAll(queue, head.job());
    J next = queue.candidates().higher(head.job());
    if (next != null && !closed.containsAll(queue.environments())) {
      heads.add(new Head<>(queue, next));
    }
  }

  private void startAll(QueueState<J> queue, J job) {
    while (queue.candidates().contains(job)) {
      Demand demand = job.demand();
      Allocation allocation = place(queue, demand);
      if (allocation != null) {
        start.accept(job, allocation);
      } else {
        if (queue.couldHoldNow(demand)) {
          closed.addAll(queue.environments());
        }
        return;
      }
    }
  }

  private @Nullable Allocation place(QueueState<J> queue, Demand demand) {
    for (EnvironmentState environment : queue.environments()) {
      if (!closed.contains(environment)) {
        Optional<Allocation> allocation = environment.place(demand);
        if (allocation.isPresent()) {
          return allocation.get();
        }
      }
    }
    return null;
  }
}
