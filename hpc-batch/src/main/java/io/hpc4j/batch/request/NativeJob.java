package io.hpc4j.batch.request;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;
import java.util.List;
import software.amazon.awssdk.services.batch.model.JobDependency;

/**
 * One job of AWS Batch's to be submitted: a job of ours, a part of an array, or a further attempt.
 *
 * @param part which part of our job, from 0
 * @param indices our elements that it is for; empty outside an array
 * @param attempt the first attempt that it makes
 * @param memory the memory on each node
 * @param dependsOn what it waits for
 */
public record NativeJob(
    int part, IndexSet indices, int attempt, Memory memory, List<JobDependency> dependsOn) {
  /** The most elements of one native array. */
  public static final int MOST_ELEMENTS = 10_000;

  /** Copies the list. */
  public NativeJob {
    dependsOn = List.copyOf(dependsOn);
  }

  /** Whether it is an array there too; one element alone is a plain job. */
  public boolean isArray() {
    return indices.size() > 1;
  }

  /** Returns this with other dependencies. */
  public NativeJob after(List<JobDependency> others) {
    return new NativeJob(part, indices, attempt, memory, others);
  }
}
