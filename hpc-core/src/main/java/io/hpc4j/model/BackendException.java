package io.hpc4j.model;

import org.jspecify.annotations.Nullable;

/**
 * A backend that could not do its part: a command that failed, a service that did not answer.
 *
 * <p>Thrown by a submission it means that nothing was submitted, unless {@link #outcomeUnknown()}.
 */
public class BackendException extends HpcException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  /** Creates one for a call that certainly changed nothing. */
  public BackendException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private BackendException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Creates one for a call whose reply was lost: it may or may not have had its effect. */
  public static BackendException outcomeUnknown(String message, @Nullable Throwable cause) {
    return new BackendException(message, cause, true);
  }

  /** Whether the call may have had its effect all the same. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
