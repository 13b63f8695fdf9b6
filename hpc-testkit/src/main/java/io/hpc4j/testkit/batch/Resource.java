package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A compute environment or a queue as described: its members, and the word for what is being done
 * to it, until that is done. Owned by the turns.
 */
final class Resource {
  private final ObjectNode members;
  private String word;
  private Instant until;

  Resource(ObjectNode members, Instant until) {
    this.members = members;
    this.word = "CREATING";
    this.until = until;
  }

  ObjectNode members() {
    return members;
  }

  void updating(Instant done) {
    word = "UPDATING";
    until = done;
  }

  void deleting(Instant done) {
    word = "DELETING";
    until = done;
  }

  boolean isGone(Instant now) {
    return word.equals("DELETING") && !now.isBefore(until);
  }

  boolean isValid(Instant now) {
    return !now.isBefore(until);
  }

  /** Whether jobs are taken: being updated is no hindrance. */
  boolean isUsable(Instant now) {
    return isValid(now) || word.equals("UPDATING");
  }

  boolean isEnabled() {
    return Json.text(members, "state", "ENABLED").equals("ENABLED");
  }

  /** What a description says of it now. */
  ObjectNode describe(Instant now) {
    ObjectNode told = members.deepCopy();
    told.put("status", isValid(now) ? "VALID" : word);
    return told.put("statusReason", isValid(now) ? "Healthy" : "The request is being carried out");
  }
}
