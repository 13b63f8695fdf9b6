package io.hpc4j.batch.status;

/** The names of AWS's resources. Pure. */
public final class Arn {
  private Arn() {}

  /** The name at the end of an ARN, or the name itself. */
  public static String name(String arn) {
    return arn.substring(arn.lastIndexOf('/') + 1);
  }
}
