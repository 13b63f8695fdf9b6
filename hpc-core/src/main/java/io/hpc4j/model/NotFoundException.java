package io.hpc4j.model;

/** A job, queue, environment or node that was asked for by name or id and does not exist. */
public class NotFoundException extends HpcException {
  private static final long serialVersionUID = 1L;

  /** Creates one with a message that names what was asked for and, if short, what there is. */
  public NotFoundException(String message) {
    super(message);
  }
}
