package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class SchedulingPolicyProperties {
  /** Of two letters, so that they often begin alike. */
  @Provide
  Arbitrary<Map<String, Double>> declarations() {
    Arbitrary<String> stem =
        Arbitraries.strings().withChars('a', 'b').ofMinLength(1).ofMaxLength(4);
    Arbitrary<String> identifier = Arbitraries.oneOf(List.of(stem, stem.map(text -> text + "*")));
    return Arbitraries.maps(identifier, Arbitraries.doubles().between(0.01, 100)).ofMaxSize(5);
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings().withChars('a', 'b', 'c').ofMinLength(1).ofMaxLength(6);
  }

  private static boolean covers(String declared, String share) {
    return declared.endsWith("*")
        ? share.startsWith(declared.substring(0, declared.length() - 1))
        : share.equals(declared);
  }

  private static boolean overlap(String a, String b) {
    String plain = b.replace("*", "");
    return !a.equals(b) && a.endsWith("*") && covers(a, plain);
  }

  @Property
  void exactly_what_overlaps_is_refused_and_else_the_one_that_covers_a_share_gives_its_weight(
      @ForAll("declarations") Map<String, Double> declared, @ForAll("names") String share) {
    SchedulingPolicy.Builder builder = SchedulingPolicy.fairShare();
    declared.forEach(builder::share);
    boolean overlapping =
        declared.keySet().stream()
            .anyMatch(a -> declared.keySet().stream().anyMatch(b -> overlap(a, b)));

    SchedulingPolicy policy;
    try {
      policy = builder.build();
    } catch (IllegalArgumentException e) {
      assertThat(overlapping).as(e.getMessage()).isTrue();
      return;
    }

    assertThat(overlapping).isFalse();
    double expected =
        declared.entrySet().stream()
            .filter(entry -> covers(entry.getKey(), share))
            .mapToDouble(Map.Entry::getValue)
            .findFirst()
            .orElse(1.0);
    assertThat(policy.weightOf(share)).isEqualTo(expected);
  }

  @Property
  void any_weight_that_is_allowed_is_within_the_range_of_aws_when_inverted(
      @ForAll @DoubleRange(min = 0, max = 20_000) double weight) {
    boolean allowed = weight > 0 && 1 / weight >= 0.0001 && 1 / weight <= 999.9999;

    SchedulingPolicy.Builder builder = SchedulingPolicy.fairShare().share("a", weight);

    if (allowed) {
      assertThat(builder.build().shares()).containsEntry("a", weight);
    } else {
      assertThat(catchThrowable(builder::build)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Property
  void what_is_reserved_is_a_part_and_never_more_with_one_more_active_share(
      @ForAll @IntRange(max = 99) int percent, @ForAll @IntRange(max = 500) int active) {
    SchedulingPolicy policy = SchedulingPolicy.fairShare().reservation(percent).build();

    double now = policy.reservedFraction(active);

    assertThat(now).isBetween(0.0, 1.0);
    assertThat(policy.reservedFraction(active + 1)).isLessThanOrEqualTo(now);
  }
}
