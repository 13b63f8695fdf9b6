package io.hpc4j.local.schedule;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A job or array that could start something, or its next element, right now. It carries its own
 * place in the tree of all that wait for the same, so that waiting costs no further object.
 */
public abstract class Candidate {
  /** A limit, in nanoseconds, of what may run for ever. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The order within a share: higher priority first, then earlier submission. */
  static final Comparator<Candidate> ORDER = Candidate::compare;

  // owned by the tree it is in
  @Nullable Candidate left;
  @Nullable Candidate right;
  long shortest;
  @Nullable DemandClass<?> home;

  private static int compare(Candidate one, Candidate other) {
    int byPriority = Integer.compare(other.priority(), one.priority());
    return byPriority == 0 ? Long.compare(one.number(), other.number()) : byPriority;
  }

  /** The priority within its share. */
  public abstract int priority();

  /** The number of its submission, which no other has. */
  public abstract long number();

  /** What the next start takes. */
  public abstract Demand demand();

  /** The longest that an attempt may run, in nanoseconds, or {@link #UNLIMITED}. */
  public abstract long limit();

  /** Whom its usage is charged to; empty in a queue without shares. */
  public abstract String share();

  /**
   * Is told that an equal demand is kept for all that wait for it, so that it need not keep its
   * own.
   */
  protected void keep(Demand same) {}

  /** Whether it waits in a queue. */
  public final boolean isWaiting() {
    return home != null;
  }
}
