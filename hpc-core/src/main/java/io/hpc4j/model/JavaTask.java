package io.hpc4j.model;

/**
 * Work written in Java, run in this JVM; only the local backend can.
 *
 * <p>A task that is cancelled or timed out is interrupted. One that ignores interruption has ended
 * as far as its job is concerned, and keeps its place on the node until it returns.
 *
 * @param <T> what it returns; {@link Void} when nothing
 */
@FunctionalInterface
public interface JavaTask<T> {
  /**
   * Does the work.
   *
   * @param context who and where this execution is
   * @return the result, kept with the job; may not be {@code null} unless {@code T} is {@link Void}
   * @throws Exception to fail the attempt with {@link Reason#EXCEPTION}
   */
  T run(JobContext context) throws Exception;
}
