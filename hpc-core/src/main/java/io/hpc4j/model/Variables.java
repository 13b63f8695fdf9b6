package io.hpc4j.model;

/** The names of the environment variables that every backend sets in a job. */
public final class Variables {
  /** The submission's token; always set. */
  public static final String JOB_ID = "HPC4J_JOB_ID";

  /** The user's own name of the job, verbatim; always set. */
  public static final String JOB_NAME = "HPC4J_JOB_NAME";

  /** How many elements the array has, 1 outside an array; always set. */
  public static final String ARRAY_SIZE = "HPC4J_ARRAY_SIZE";

  /** How many nodes the job has; always set. */
  public static final String NUM_NODES = "HPC4J_NUM_NODES";

  /** The attempt, from 1; set at run time. */
  public static final String ATTEMPT = "HPC4J_ATTEMPT";

  /** The element's logical index; set at run time, only in an array. */
  public static final String ARRAY_INDEX = "HPC4J_ARRAY_INDEX";

  /** The node's index within the job, from 0; set at run time. */
  public static final String NODE_INDEX = "HPC4J_NODE_INDEX";

  /** The task's index within the job, from 0; set at run time. */
  public static final String TASK_INDEX = "HPC4J_TASK_INDEX";

  /** The name of node 0; set at run time. */
  public static final String MAIN_NODE = "HPC4J_MAIN_NODE";

  /** The names of the job's nodes in order of their index, joined by commas; set at run time. */
  public static final String NODE_LIST = "HPC4J_NODE_LIST";

  private Variables() {}

  /** Whether a name belongs to hpc4j or to AWS Batch and may not be set by a job. */
  public static boolean isReserved(String name) {
    return name.startsWith("HPC4J_") || name.startsWith("AWS_BATCH");
  }
}
