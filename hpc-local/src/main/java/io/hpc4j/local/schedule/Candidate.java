package io.hpc4j.local.schedule;

import java.util.Comparator;

/** A job or array that could start something, or its next element, right now. */
public interface Candidate {
  /** The order within a queue: higher priority first, then earlier submission. */
  Comparator<Candidate> ORDER =
      Comparator.comparingInt(Candidate::priority).reversed().thenComparingLong(Candidate::number);

  /** The priority within its queue. */
  int priority();

  /** The number of its submission, which no other has. */
  long number();

  /** What the next start takes. */
  Demand demand();
}
