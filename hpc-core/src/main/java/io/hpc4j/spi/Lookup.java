package io.hpc4j.spi;

/** What a search for a submission has found. */
public sealed interface Lookup {
  /**
   * The backend has it.
   *
   * @param nativeId the backend's id of it
   * @param memo what the backend wants to be told of it when it takes the job up again
   */
  record Found(String nativeId, String memo) implements Lookup {
    /** Of a native job of which nothing is to be remembered. */
    public Found(String nativeId) {
      this(nativeId, "");
    }
  }

  /** The backend does not have it, and it can no longer appear. */
  record Absent() implements Lookup {}

  /**
   * It cannot be told.
   *
   * @param why in words
   */
  record Unknown(String why) implements Lookup {}
}
