package io.hpc4j.spi;

/** What a search for a submission has found. */
public sealed interface Lookup {
  /**
   * The backend has it.
   *
   * @param nativeId the backend's id of it
   */
  record Found(String nativeId) implements Lookup {}

  /** The backend does not have it, and it can no longer appear. */
  record Absent() implements Lookup {}

  /**
   * It cannot be told.
   *
   * @param why in words
   */
  record Unknown(String why) implements Lookup {}
}
