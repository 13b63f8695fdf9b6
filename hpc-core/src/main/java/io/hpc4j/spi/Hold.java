package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import java.util.List;

/** That a job was held or released, as a note to the next program of the same store. */
public final class Hold {
  private static final Accepted HELD = new Accepted("", IndexSet.empty(), "held");
  private static final Accepted RELEASED = new Accepted("", IndexSet.empty(), "released");

  private Hold() {}

  /** Returns one as {@link Submission#accepted} takes it. */
  public static Accepted note(boolean held) {
    return held ? HELD : RELEASED;
  }

  /**
   * Whether a job is held.
   *
   * @param notes all that was noted of it, in that order
   * @param atFirst whether it was submitted so
   */
  public static boolean isOn(List<Accepted> notes, boolean atFirst) {
    boolean held = atFirst;
    for (Accepted note : notes) {
      held = note.equals(HELD) || (held && !note.equals(RELEASED));
    }
    return held;
  }
}
