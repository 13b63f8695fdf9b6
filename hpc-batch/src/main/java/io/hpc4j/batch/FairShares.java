package io.hpc4j.batch;

import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.FairsharePolicy;
import software.amazon.awssdk.services.batch.model.ShareAttributes;

/** What AWS Batch calls a fair-share policy: there a smaller weight means more. Pure. */
final class FairShares {
  private static final double ROUNDING = 1e-6;

  private FairShares() {}

  static FairsharePolicy of(SchedulingPolicy policy) {
    List<ShareAttributes> shares =
        policy.shares().entrySet().stream()
            .map(
                e ->
                    ShareAttributes.builder()
                        .shareIdentifier(e.getKey())
                        .weightFactor((float) (1 / e.getValue()))
                        .build())
            .toList();
    return FairsharePolicy.builder()
        .shareDecaySeconds((int) policy.decay().toSeconds())
        .computeReservation(policy.reservation())
        .shareDistribution(shares)
        .build();
  }

  /** What one of AWS's is here. */
  static SchedulingPolicy read(FairsharePolicy policy) {
    SchedulingPolicy.Builder b =
        SchedulingPolicy.fairShare()
            .decay(Duration.ofSeconds(number(policy.shareDecaySeconds())))
            .reservation(number(policy.computeReservation()));
    policy
        .shareDistribution()
        .forEach(share -> b.share(share.shareIdentifier(), 1 / decimal(weight(share))));
    return b.build();
  }

  /** As it is written: 0.0001f is less than 0.0001, and one over it out of range. */
  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  private static float weight(ShareAttributes share) {
    return Objects.requireNonNullElse(share.weightFactor(), 1f);
  }

  static boolean isSame(FairsharePolicy wanted, @Nullable FairsharePolicy is) {
    return is != null
        && number(wanted.shareDecaySeconds()) == number(is.shareDecaySeconds())
        && number(wanted.computeReservation()) == number(is.computeReservation())
        && isSame(weights(wanted), weights(is));
  }

  private static int number(@Nullable Integer value) {
    return Objects.requireNonNullElse(value, 0);
  }

  private static boolean isSame(Map<String, Float> some, Map<String, Float> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(
                e ->
                    Math.abs(e.getValue() - others.getOrDefault(e.getKey(), 0f))
                        <= ROUNDING * e.getValue());
  }

  private static Map<String, Float> weights(FairsharePolicy policy) {
    Map<String, Float> all = new TreeMap<>();
    policy.shareDistribution().forEach(share -> all.put(share.shareIdentifier(), weight(share)));
    return all;
  }
}
