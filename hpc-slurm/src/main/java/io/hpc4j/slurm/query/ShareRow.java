package io.hpc4j.slurm.query;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An account, or a user of one, in sshare's reply; {@code inf} stays infinite.
 *
 * @param depth how deep in the tree of accounts, 0 for the root
 * @param account the account
 * @param user the user; absent for the account itself
 * @param rawShares its shares; absent for the root, and for a user who has those of the account
 * @param normShares its part of the whole, 0..1
 * @param rawUsage what it has used, in decayed cpu seconds
 * @param effectiveUsage its part of the use of its siblings, 0..1
 * @param levelFairShare its shares over its use, among its siblings; larger goes first
 * @param fairShare the factor that priorities are made of, 0..1; users alone have one
 */
public record ShareRow(
    int depth,
    String account,
    Optional<String> user,
    OptionalDouble rawShares,
    OptionalDouble normShares,
    OptionalDouble rawUsage,
    OptionalDouble effectiveUsage,
    OptionalDouble levelFairShare,
    OptionalDouble fairShare) {
  private static final String NAME = "sshare";
  private static final int FIELDS = 8;

  /** The command whose output {@link #parse} reads: all accounts and users one may see. */
  public static List<String> command() {
    return List.of(
        NAME,
        "-a",
        "-n",
        "-P",
        "-o",
        "Account,User,RawShares,NormShares,RawUsage,EffectvUsage,LevelFS,FairShare");
  }

  /**
   * Reads a reply.
   *
   * @throws UnreadableReply if one line is not what was asked for
   */
  public static List<ShareRow> parse(String text) {
    return Reply.rows(NAME, text, FIELDS, ShareRow::of);
  }

  private static ShareRow of(Reply reply) {
    String account = reply.text(0).stripLeading();
    if (account.isBlank()) {
      throw reply.unreadable("no account");
    }
    return new ShareRow(
        reply.text(0).length() - account.length(),
        account,
        Optional.of(reply.text(1)).filter(user -> !user.isBlank()),
        number(reply, 2),
        number(reply, 3),
        number(reply, 4),
        number(reply, 5),
        number(reply, 6),
        number(reply, 7));
  }

  private static OptionalDouble number(Reply reply, int field) {
    String text = reply.text(field).strip();
    if (text.isEmpty() || text.equals("parent")) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(
          text.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw reply.unreadable("no number: " + text);
    }
  }
}
