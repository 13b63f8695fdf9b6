package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.Accepted;
import java.time.Instant;

/**
 * One of Slurm's jobs that carry a job of ours: a window of an array, or a further attempt.
 *
 * @param nativeId Slurm's id of it; for an array that of the whole
 * @param indices our elements that it is for; empty outside an array
 * @param offset what is taken off our index to get Slurm's
 * @param attempt the first attempt that it makes
 * @param memory the memory on each node
 * @param acceptedAt when it was accepted; of one that was taken up again, when the job was
 *     submitted
 * @param exact whether it was accepted just then
 */
record Piece(
    String nativeId,
    IndexSet indices,
    int offset,
    int attempt,
    Memory memory,
    Instant acceptedAt,
    boolean exact) {
  /** Elements that Slurm has not taken yet. */
  static Piece unsent(NativeJob part) {
    return of(part, "", Instant.MIN);
  }

  /** What Slurm has taken, under an id. */
  static Piece of(NativeJob part, String nativeId, Instant at) {
    return new Piece(
        nativeId, part.indices(), part.offset(), part.attempt(), part.memory(), at, true);
  }

  /** Whether what an earlier program has noted is one of Slurm's jobs. */
  static boolean isSent(Accepted part) {
    return !part.nativeId().isEmpty();
  }

  /** Takes up again one that an earlier program was told of. */
  static Piece of(Accepted part) {
    String[] memo = part.memo().split(" ", -1);
    if (memo.length != 4) {
      throw new IllegalArgumentException("no memo of a job of Slurm's: " + part);
    }
    return new Piece(
        part.nativeId(),
        part.indices(),
        Integer.parseInt(memo[0]),
        Integer.parseInt(memo[1]),
        Memory.ofBytes(Long.parseLong(memo[2])),
        submittedAt(part),
        false);
  }

  /** When the job of such a one was submitted. */
  static Instant submittedAt(Accepted part) {
    return Instant.ofEpochSecond(Long.parseLong(part.memo().split(" ", -1)[3]));
  }

  Accepted toAccepted(Instant submittedAt) {
    return new Accepted(
        nativeId,
        indices,
        offset + " " + attempt + " " + memory.bytes() + " " + submittedAt.getEpochSecond());
  }

  boolean isSent() {
    return !nativeId.isEmpty();
  }

  /** Slurm's id of an element, or of the job. */
  String nativeId(int index) {
    return indices.isEmpty() ? nativeId : nativeId + "_" + (index - offset);
  }
}
