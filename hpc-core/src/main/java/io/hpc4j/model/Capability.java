package io.hpc4j.model;

/** Something a request can ask for that a backend may or may not be able to do. */
public enum Capability {
  /** A program and its arguments. */
  COMMAND,
  /** The text of a script. */
  SCRIPT,
  /** A task in this JVM. */
  JAVA_TASK,
  /** Work that only passes time. */
  SIMULATED,
  /** A container image. */
  IMAGE,
  /** GPUs. */
  GPUS,
  /** Named consumables. */
  CONSUMABLES,
  /** Nodes with given features. */
  NODE_FEATURES,
  /** Whole nodes, shared with no other job. */
  EXCLUSIVE,
  /** More than one node. */
  MULTI_NODE,
  /** {@link Launch#MAIN} on more than one node. */
  LAUNCH_MAIN,
  /** {@link Launch#PER_NODE}. */
  LAUNCH_PER_NODE,
  /** {@link Launch#PER_TASK}. */
  LAUNCH_PER_TASK,
  /** Arrays. */
  ARRAY,
  /** Arrays whose indices are not 0 to n-1. */
  SPARSE_ARRAY,
  /** A limit on how many elements run at once. */
  THROTTLE,
  /** Elements strictly one after the other. */
  SEQUENTIAL,
  /** Giving up an array after some failures, failing fast included. */
  FAILURE_BUDGET,
  /** Waiting for another job's success. */
  AFTER,
  /** Waiting for another job's end. */
  AFTER_END,
  /** Waiting for another job's failure. */
  AFTER_FAILURE,
  /** Waiting index by index. */
  AFTER_EACH,
  /** More than one attempt. */
  RETRY,
  /** A timeout for each attempt. */
  TIMEOUT,
  /** A priority within the queue. */
  PRIORITY,
  /** A share that the usage is charged to. */
  SHARE,
  /** Submitting held, holding and releasing. */
  HOLD,
  /** A begin time. */
  BEGIN,
  /** A deadline. */
  DEADLINE,
  /** Giving up a job that stays unschedulable. */
  UNSCHEDULABLE_LIMIT,
  /** A working directory. */
  WORKING_DIRECTORY,
  /** Output files by pattern. */
  OUTPUT_PATTERN,
  /** Standard input from a file. */
  STDIN,
  /** The whole environment of this process for the job. */
  INHERIT_ENVIRONMENT,
  /** Reading what a job has written. */
  LOGS,
  /** Telling the nodes, what of them is in use, and all those that a job has. */
  NODES,
  /** Telling a signal from the exit code 128 + n. */
  EXIT_SIGNAL,
  /** Telling an attempt's processor time. */
  CPU_TIME,
  /** Ending an attempt that holds more memory than requested, and telling its peak. */
  MEMORY_LIMIT
}
