package io.hpc4j.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A store that cannot be opened or written to. Its file is left as it was. */
public final class StoreException extends HpcException {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  /** What is wrong with a store. */
  public enum Kind {
    /** Another program, or another backend of this one, has it open. */
    LOCKED,
    /** Something that had been written safely is damaged; nothing is dropped to go on. */
    CORRUPT,
    /** It was written by a newer version of this library. */
    NEWER_VERSION,
    /** The file is something else. */
    NOT_A_STORE,
    /** Reading or writing failed: no space, no permission, a broken disk. */
    IO
  }

  /** Creates one. */
  public StoreException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  /** What is wrong. */
  public Kind kind() {
    return kind;
  }
}
