package io.hpc4j.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who goes next in a queue: the one that came first, or the share that has used least for its
 * weight; with or without backfill.
 *
 * <p>Immutable and thread-safe. Under fair share each job names the share that its use is charged
 * to ({@link JobRequest#share}). A share with a larger weight gets more: in the long run shares
 * that always have jobs waiting use cpus in proportion to their weights. The rules are those of AWS
 * Batch's fair-share scheduling policies, whose {@code weightFactor} is one over the weight used
 * here.
 *
 * @see <a href="https://docs.aws.amazon.com/batch/latest/APIReference/API_FairsharePolicy.html">
 *     FairsharePolicy, AWS Batch API Reference</a>
 */
public final class SchedulingPolicy {
  /** How many shares of one queue can be active at once, as on AWS Batch. */
  public static final int MAX_ACTIVE_SHARES = 500;

  /** The weight of a share that none was declared for. */
  private static final double DEFAULT_WEIGHT = 1.0;

  private static final Duration MINIMUM_WINDOW = Duration.ofMinutes(10);
  private static final SchedulingPolicy FIFO = new SchedulingPolicy(new Builder(false));

  private final boolean fairShare;
  private final boolean backfills;
  private final Map<String, Double> shares;
  private final TreeMap<String, Double> prefixes = new TreeMap<>();
  private final Duration decay;
  private final int reservation;

  private SchedulingPolicy(Builder b) {
    fairShare = b.fairShare;
    backfills = b.backfills;
    shares = Collections.unmodifiableMap(new LinkedHashMap<>(b.shares));
    decay = b.decay;
    reservation = b.reservation;
    shares.forEach(
        (identifier, weight) -> {
          if (isPrefix(identifier)) {
            prefixes.put(stem(identifier), weight);
          }
        });
  }

  /** Returns first in, first out: by priority, then in the order of submission. */
  public static SchedulingPolicy fifo() {
    return FIFO;
  }

  /** Returns a builder of a fair-share policy. */
  public static Builder fairShare() {
    return new Builder(true);
  }

  /**
   * Returns this with EASY backfill: a job may start before those that go first if that does not
   * make the first of them wait longer. Jobs then need a time limit, of their own or the queue's
   * ({@link JobQueue.Builder#defaultTimeout}).
   */
  public SchedulingPolicy easyBackfill() {
    return backfills ? this : new SchedulingPolicy(new Builder(this).easyBackfill());
  }

  /** Whether it is fair share; otherwise first in, first out. */
  public boolean isFairShare() {
    return fairShare;
  }

  /** Whether it has EASY backfill; default false. */
  public boolean backfills() {
    return backfills;
  }

  /** The declared weights by share identifier or prefix, {@code abc*}, in the order given. */
  public Map<String, Double> shares() {
    return shares;
  }

  /**
   * The weight of a share: the one declared for exactly this identifier, else for a prefix of it,
   * else 1. Each share that a prefix covers has the whole weight for itself.
   */
  public double weightOf(String share) {
    Double exact = isPrefix(share) ? null : shares.get(share);
    if (exact != null) {
      return exact;
    }
    // Prefixes never overlap, so that none can stand between a share and the prefix it begins with.
    Map.Entry<String, Double> before = prefixes.floorEntry(share);
    return before != null && share.startsWith(before.getKey()) ? before.getValue() : DEFAULT_WEIGHT;
  }

  /** How far back use counts, as given; zero, the default, is read by {@link #decayWindow}. */
  public Duration decay() {
    return decay;
  }

  /**
   * How far back use counts: what a share used this long ago counts nothing, what it used half as
   * long ago counts half. A {@link #decay} of zero means AWS Batch's minimum window of 600 seconds;
   * any positive value, a shorter one too, is used as it is.
   *
   * <p>That zero means 600 seconds is what AWS's API Reference (FairsharePolicy, {@code
   * shareDecaySeconds}, 2026) says. The older AWS Batch User Guide differs: there zero means that
   * only present use counts. That use counts less linearly with its age is what the documentation
   * of {@code FairshareSchedulingPolicy} in the AWS CDK says.
   */
  public Duration decayWindow() {
    return decay.isZero() ? MINIMUM_WINDOW : decay;
  }

  /** The percentage that {@link #reservedFraction} comes from, 0..99; default 0, no reservation. */
  public int reservation() {
    return reservation;
  }

  /**
   * The part of all cpus that is kept for shares that are not active: {@code (reservation / 100) ^
   * activeShares}; always 0 without a reservation. AWS's {@code computeReservation}: with 50 it is
   * a half, a quarter, an eighth while 1, 2, 3 shares are active.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public double reservedFraction(int activeShares) {
    if (activeShares < 0) {
      throw new IllegalArgumentException("activeShares must not be negative: " + activeShares);
    }
    return reservation == 0 ? 0 : Math.pow(reservation / 100.0, activeShares);
  }

  private static boolean isPrefix(String identifier) {
    return identifier.endsWith("*");
  }

  private static String stem(String identifier) {
    return isPrefix(identifier) ? identifier.substring(0, identifier.length() - 1) : identifier;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SchedulingPolicy p
        && fairShare == p.fairShare
        && backfills == p.backfills
        && shares.equals(p.shares)
        && decay.equals(p.decay)
        && reservation == p.reservation;
  }

  @Override
  public int hashCode() {
    return Objects.hash(fairShare, backfills, shares, decay, reservation);
  }

  /** In words: {@code fair share {a=1.0}, decay PT1H, reservation 50 %, EASY backfill}. */
  @Override
  public String toString() {
    return (fairShare ? "fair share " + shares : "first in, first out")
        + (decay.isZero() ? "" : ", decay " + decay)
        + (reservation == 0 ? "" : ", reservation " + reservation + " %")
        + (backfills ? ", EASY backfill" : "");
  }

  /** Builds a fair-share {@link SchedulingPolicy}; not thread-safe. */
  public static final class Builder {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9]{1,255}\\*?");
    private static final Duration MAX_DECAY = Duration.ofDays(7);
    private static final int MAX_RESERVATION = 99;
    private static final double MAX_WEIGHT = 1 / 0.0001; // the bounds of AWS's weightFactor
    private static final double MIN_WEIGHT = 1 / 999.9999;

    private final boolean fairShare;
    private boolean backfills;
    private final Map<String, Double> shares = new LinkedHashMap<>();
    private final List<Problem> refused = new ArrayList<>();
    private Duration decay = Duration.ZERO;
    private int reservation;

    private Builder(boolean fairShare) {
      this.fairShare = fairShare;
    }

    private Builder(SchedulingPolicy from) {
      this(from.fairShare);
      backfills = from.backfills;
      shares.putAll(from.shares);
      decay = from.decay;
      reservation = from.reservation;
    }

    /**
     * Declares the weight of a share, or with {@code *} at the end of all shares whose identifiers
     * begin so. A larger weight means more; a share without one has 1.
     *
     * @param identifier 1..255 letters and digits, {@code *} after them or not
     * @param weight 1/999.9999..10000, so that one over it is a {@code weightFactor} of AWS
     */
    public Builder share(String identifier, double weight) {
      Objects.requireNonNull(identifier, "identifier");
      if (shares.putIfAbsent(identifier, weight) != null) {
        refused.add(Problem.of("share", identifier, "is there twice"));
      }
      if (!IDENTIFIER.matcher(identifier).matches()) {
        refused.add(
            Problem.of(
                "share", identifier, "must be 1..255 letters and digits, at most * after them"));
      }
      if (!(weight >= MIN_WEIGHT && weight <= MAX_WEIGHT)) { // as said, NaN is refused too
        refused.add(Problem.of("weight", identifier + "=" + weight, "must be 1/999.9999..10000"));
      }
      return this;
    }

    /** Sets how far back use counts, at most 604800 s; default zero, read as 600 s. */
    public Builder decay(Duration value) {
      decay = Objects.requireNonNull(value, "value");
      return this;
    }

    /** Sets AWS's {@code computeReservation}, 0..99 percent; default 0. */
    public Builder reservation(int percent) {
      reservation = percent;
      return this;
    }

    /** Adds EASY backfill; see {@link SchedulingPolicy#easyBackfill}. */
    public Builder easyBackfill() {
      backfills = true;
      return this;
    }

    /**
     * Returns the policy.
     *
     * @throws IllegalArgumentException with everything that is wrong: identifiers and weights out
     *     of range, a share declared twice, a prefix that covers another declared share or prefix,
     *     a decay or reservation out of range
     */
    public SchedulingPolicy build() {
      List<Problem> problems = new ArrayList<>(refused);
      addOverlaps(problems);
      if (decay.isNegative() || decay.compareTo(MAX_DECAY) > 0) {
        problems.add(Problem.of("decay", decay, "must be 0.." + MAX_DECAY.toSeconds() + " s"));
      }
      if (reservation < 0 || reservation > MAX_RESERVATION) {
        problems.add(Problem.of("reservation", reservation, "must be 0.." + MAX_RESERVATION));
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
      }
      return new SchedulingPolicy(this);
    }

    private void addOverlaps(List<Problem> problems) {
      TreeSet<String> sorted = new TreeSet<>(shares.keySet());
      for (String prefix : shares.keySet()) {
        if (isPrefix(prefix)) {
          for (String other : sorted.tailSet(stem(prefix))) {
            if (!other.startsWith(stem(prefix))) {
              break;
            }
            if (!other.equals(prefix)) {
              problems.add(Problem.of("share", other, "overlaps with " + prefix));
            }
          }
        }
      }
    }
  }
}
