package io.hpc4j.model;

/** Which of the nodes that have room a job goes to. */
public enum Placement {
  /** The first in declared order. Keeps whole nodes free for jobs that need them; the default. */
  PACK,
  /** Those with the smallest part of their cpus in use; of equal ones the first declared. */
  SPREAD
}
