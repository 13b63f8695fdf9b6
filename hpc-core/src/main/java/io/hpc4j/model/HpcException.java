package io.hpc4j.model;

import org.jspecify.annotations.Nullable;

/** What hpc4j throws; its subclasses tell who must act. A job that failed is a value, not this. */
public class HpcException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that says what failed, with which values, and what to do. */
  public HpcException(String message) {
    super(message);
  }

  /** Creates one with a message and the cause behind it. */
  public HpcException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
