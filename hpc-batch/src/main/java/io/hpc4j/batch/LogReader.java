package io.hpc4j.batch;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where logs are read; so that nobody needs a client for logs who does not read them. */
interface LogReader {
  /**
   * Some text of a stream.
   *
   * @param text what there is beyond the token
   * @param token where to go on; the same as before at the end
   */
  record Page(String text, String token) {}

  /** Reads on from a token, from the beginning without one; empty if there is no such stream. */
  Optional<Page> read(String group, String stream, @Nullable String token);
}
