package io.hpc4j.local.process;

import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import java.util.List;

/**
 * One task of one attempt: who it is and where.
 *
 * @param id the job or the array element
 * @param nativeId its number as tables show it
 * @param request what was asked for
 * @param attempt from 1
 * @param taskIndex the task within the job, from 0
 * @param nodeIndex the node within the job, from 0
 * @param nodeNames all nodes of the job, main node first
 * @param gpus the indices of its GPUs on its node
 * @param queue the queue's name
 * @param environment the compute environment's name
 */
public record Execution(
    JobId id,
    String nativeId,
    JobRequest request,
    int attempt,
    int taskIndex,
    int nodeIndex,
    List<String> nodeNames,
    List<Integer> gpus,
    String queue,
    String environment) {
  /** Copies the lists. */
  public Execution {
    nodeNames = List.copyOf(nodeNames);
    gpus = List.copyOf(gpus);
  }
}
