package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;

/** What AWS Batch has and this endpoint has not: it is refused by name, never passed over. */
final class Unsupported {
  private Unsupported() {}

  static void refuse(JsonNode object, String member) {
    if (Json.has(object, member)) {
      throw ApiException.client(member + " is not supported by this endpoint");
    }
  }
}
