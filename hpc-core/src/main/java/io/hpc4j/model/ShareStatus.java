package io.hpc4j.model;

import java.util.Objects;

/**
 * How one share of a queue stood at one instant, as {@code sshare} shows it.
 *
 * @param name the share's identifier
 * @param weight its weight; larger means more
 * @param usage what it has used, in cpu seconds: each decayed by its age, and with the charge for
 *     what has just started; not divided by the weight
 * @param entitlement its part of the queue while the shares that are active stay so, 0..1: its
 *     weight over the sum of their weights; 0 if it is not active itself
 * @param cpusInUse how many cpus its jobs hold
 * @param waiting how many of its jobs and array elements wait
 * @param position its place in the order of all shares of the queue, by use over weight; 1 goes
 *     next, and a share of which nothing waits is passed over
 * @param active whether it has a job that has not ended, or had one within the decay window
 */
public record ShareStatus(
    String name,
    double weight,
    double usage,
    double entitlement,
    int cpusInUse,
    long waiting,
    int position,
    boolean active) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ShareStatus {
    Objects.requireNonNull(name, "name");
    if (!(weight > 0 && Double.isFinite(weight) && usage >= 0 && Double.isFinite(usage))) {
      throw new IllegalArgumentException(
          "a share needs a weight > 0 and a usage >= 0: " + weight + ", " + usage);
    }
    if (!(entitlement >= 0 && entitlement <= 1)) {
      throw new IllegalArgumentException("an entitlement is 0..1: " + entitlement);
    }
    if (cpusInUse < 0 || waiting < 0 || position < 1) {
      throw new IllegalArgumentException(
          "a share needs cpusInUse >= 0, waiting >= 0, position >= 1: "
              + (cpusInUse + ", " + waiting + ", " + position));
    }
  }
}
