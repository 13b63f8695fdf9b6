package io.hpc4j.model;

import java.util.List;

/**
 * A request that asks for what this backend cannot do: choose another backend or ask for less.
 *
 * <p>It lists every such feature, and is thrown before anything has happened.
 */
public class UnsupportedFeatureException extends InvalidJobException {
  private static final long serialVersionUID = 1L;

  /** Creates one for a backend from everything that was found; at least one problem. */
  public UnsupportedFeatureException(String backend, List<Problem> problems) {
    super("backend '" + backend + "' does not support the request", problems);
  }
}
