package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;

/**
 * One of Slurm's jobs that carry a job of ours: a window of an array, or a further attempt.
 *
 * @param nativeId Slurm's id of it; for an array that of the whole
 * @param indices our elements that it is for; empty outside an array
 * @param offset what is taken off our index to get Slurm's
 * @param attempt the first attempt that it makes
 * @param memory the memory on each node
 * @param acceptedAt when it was accepted, by {@link System#nanoTime}
 */
record Piece(
    String nativeId, IndexSet indices, int offset, int attempt, Memory memory, long acceptedAt) {
  /** Slurm's id of an element, or of the job. */
  String nativeId(int index) {
    return indices.isEmpty() ? nativeId : nativeId + "_" + (index - offset);
  }
}
