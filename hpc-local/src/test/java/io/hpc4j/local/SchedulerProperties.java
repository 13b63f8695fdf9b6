package io.hpc4j.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random programs: the local backend schedules as a second, naive scheduler does. */
class SchedulerProperties {
  private static final int PROGRAMS = Integer.getInteger("hpc4j.programs", 300);
  private static final int BATCH = Math.max(1, PROGRAMS / 100);

  @Property(tries = 100)
  void every_job_starts_and_ends_as_the_naive_scheduler_says(@ForAll long seed) {
    Random seeds = new Random(seed);
    for (int i = 0; i < BATCH; i++) {
      check(seeds.nextLong());
    }
  }

  /**
   * A hold that changes nothing, while usage decays; and an exclusive job that may have the small
   * node only once another has taken the large one, where cpus are kept for other shares; and one
   * for which that comes true behind it, in another queue.
   */
  @Example
  void programs_that_have_told_the_two_apart() {
    check(753210267766725707L);
    check(2552217326495750332L);
    check(-5617237908346768932L);
  }

  private static void check(long seed) {
    Program program = Program.random(seed);
    try {
      Lockstep.run(program);
    } catch (Throwable failure) {
      Program smallest = smallest(program);
      AssertionError reported = failure(smallest);
      throw new AssertionError(
          "program of seed " + seed + ": " + reported.getMessage() + smallest, reported);
    }
  }

  /** Leaves out steps while what is left still fails. */
  static Program smallest(Program failing) {
    Program smallest = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = smallest.steps().size() - 1; i >= 0; i--) {
        List<Program.Step> steps = new ArrayList<>(smallest.steps());
        steps.remove(i);
        Program candidate = new Program(smallest.queues(), List.copyOf(steps));
        if (fails(candidate)) {
          smallest = candidate;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  private static boolean fails(Program program) {
    try {
      Lockstep.run(program);
      return false;
    } catch (AssertionError | RuntimeException e) {
      return true;
    }
  }

  private static AssertionError failure(Program program) {
    try {
      Lockstep.run(program);
      return new AssertionError("it fails only sometimes");
    } catch (AssertionError e) {
      return e;
    } catch (RuntimeException e) {
      return new AssertionError(e);
    }
  }
}
