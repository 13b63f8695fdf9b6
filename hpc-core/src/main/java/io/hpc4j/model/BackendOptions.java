package io.hpc4j.model;

/**
 * Settings that only one backend understands; the others name them in their plan as not used.
 *
 * <p>Implementations are immutable values with {@code equals}. To be kept in a request's JSON form
 * they need a codec that {@link java.util.ServiceLoader} finds.
 */
public interface BackendOptions {
  /** The name of the backend that understands them. */
  String backend();
}
