package io.hpc4j.testkit.batch;

/** The ARNs of this endpoint's one account and region. */
final class Arn {
  private static final String PREFIX = "arn:aws:batch:us-east-1:123456789012:";

  private Arn() {}

  static String of(String kind, String name) {
    return PREFIX + kind + "/" + name;
  }

  /** The name in an ARN of that kind, or the text itself, a name already. */
  static String name(String kind, String nameOrArn) {
    int at = nameOrArn.startsWith("arn:") ? nameOrArn.indexOf(":" + kind + "/") : -1;
    return at < 0 ? nameOrArn : nameOrArn.substring(at + kind.length() + 2);
  }
}
