package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a listing, and where the next one begins.
 *
 * @param items what is in it
 * @param nextToken the place of the next; null after the last
 */
record Page<T>(List<T> items, @Nullable String nextToken) {
  /** Cuts the page out that a request asks for. */
  static <T> Page<T> of(List<T> all, ObjectNode request, int most) {
    int from = Math.min(start(request), all.size());
    int to = Math.min(all.size(), from + size(request, most));
    return new Page<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }

  /** How many the request wants, at most so many. */
  static int size(ObjectNode request, int most) {
    int wanted = Json.integer(request, "maxResults", most);
    return wanted < 1 ? most : Math.min(wanted, most);
  }

  private static int start(ObjectNode request) {
    String token = Json.text(request, "nextToken", "");
    if (!token.matches("\\d{0,9}")) {
      throw ApiException.client("nextToken " + token + " is not valid");
    }
    return token.isEmpty() ? 0 : Integer.parseInt(token);
  }
}
