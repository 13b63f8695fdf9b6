package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import java.util.List;

/** What a search for a submission has found. */
public sealed interface Lookup {
  /**
   * The backend has it, or a part of it and sends the rest.
   *
   * @param parts the native jobs that carry it
   */
  record Found(List<Accepted> parts) implements Lookup {
    /** Copies the list. */
    public Found {
      parts = List.copyOf(parts);
    }

    /** Of one native job that carries all of it and of which nothing is to be remembered. */
    public Found(String nativeId) {
      this(List.of(new Accepted(nativeId, IndexSet.empty(), "")));
    }
  }

  /** The backend does not have it, and it can no longer appear. */
  record Absent() implements Lookup {}

  /**
   * It cannot be told.
   *
   * @param why in words
   * @param forGood whether that stays so: the backend may have had it and have forgotten it
   */
  record Unknown(String why, boolean forGood) implements Lookup {
    /** One that may be known later. */
    public Unknown(String why) {
      this(why, false);
    }
  }
}
