package io.hpc4j.model;

/**
 * Is told what happens to jobs, one event at a time and in order, on the notifier thread.
 *
 * <p>An exception that it throws is logged and goes no further. It may submit and cancel; waiting
 * for a job in it throws {@link IllegalStateException}.
 */
@FunctionalInterface
public interface JobListener {
  /** Takes one event. */
  void on(JobEvent event);
}
