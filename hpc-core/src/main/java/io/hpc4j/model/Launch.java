package io.hpc4j.model;

/** What is started where in a multi-node job. Has to be said as soon as there are two nodes. */
public enum Launch {
  /** Once, on node 0: a program that reaches the other nodes itself, say by {@code mpirun}. */
  MAIN,
  /** Once on each node. */
  PER_NODE,
  /** Tasks-per-node times on each node; tasks are numbered node by node. */
  PER_TASK
}
