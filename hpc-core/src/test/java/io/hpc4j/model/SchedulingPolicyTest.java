package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulingPolicyTest {
  private static String refusal(SchedulingPolicy.Builder builder) {
    try {
      return "not refused: " + builder.build();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static SchedulingPolicy.Builder fair() {
    return SchedulingPolicy.fairShare();
  }

  @Nested
  class Defaults {
    @Test
    void first_in_first_out_has_no_shares_no_backfill_and_no_reservation() {
      SchedulingPolicy fifo = SchedulingPolicy.fifo();

      assertThat(fifo.isFairShare()).isFalse();
      assertThat(fifo.backfills()).isFalse();
      assertThat(fifo.shares()).isEmpty();
      assertThat(fifo.reservation()).isZero();
      assertThat(fifo).hasToString("first in, first out");
    }

    @Test
    void fair_share_gives_all_the_same_over_ten_minutes() {
      SchedulingPolicy policy = fair().build();

      assertThat(policy.isFairShare()).isTrue();
      assertThat(policy.backfills()).isFalse();
      assertThat(policy.weightOf("anyone")).isEqualTo(1.0);
      assertThat(policy.decay()).isZero();
      assertThat(policy.decayWindow()).isEqualTo(Duration.ofMinutes(10));
      assertThat(policy).isNotEqualTo(SchedulingPolicy.fifo());
    }
  }

  @Nested
  class Backfill {
    @Test
    void is_added_without_changing_anything_else() {
      SchedulingPolicy policy = full().build();

      SchedulingPolicy backfilled = policy.easyBackfill();

      assertThat(policy.backfills()).isFalse();
      assertThat(backfilled.backfills()).isTrue();
      assertThat(backfilled).isNotEqualTo(policy).isEqualTo(full().easyBackfill().build());
      assertThat(backfilled.easyBackfill()).isSameAs(backfilled);
    }

    @Test
    void goes_with_first_in_first_out_too() {
      SchedulingPolicy policy = SchedulingPolicy.fifo().easyBackfill();

      assertThat(policy.isFairShare()).isFalse();
      assertThat(policy.backfills()).isTrue();
      assertThat(policy).isEqualTo(SchedulingPolicy.fifo().easyBackfill());
    }
  }

  private static SchedulingPolicy.Builder full() {
    return fair().share("b", 2).share("a*", 0.5).decay(Duration.ofHours(1)).reservation(50);
  }

  @Nested
  class Weights {
    @Test
    void are_shown_in_the_order_in_which_they_were_declared() {
      assertThat(full().build().shares()).hasToString("{b=2.0, a*=0.5}").isUnmodifiable();
    }

    @Test
    void are_of_the_exact_share_else_of_its_prefix_else_1() {
      SchedulingPolicy policy =
          fair().share("UserA*", 3).share("UserB", 4).share("Use", 5).share("UserC*", 6).build();

      assertThat(policy.weightOf("UserA")).isEqualTo(3);
      assertThat(policy.weightOf("UserA1")).isEqualTo(3);
      assertThat(policy.weightOf("UserAzz9")).isEqualTo(3);
      assertThat(policy.weightOf("UserB")).isEqualTo(4);
      assertThat(policy.weightOf("UserB1")).isEqualTo(1);
      assertThat(policy.weightOf("Use")).isEqualTo(5);
      assertThat(policy.weightOf("User")).isEqualTo(1);
      assertThat(policy.weightOf("usera1")).isEqualTo(1);
      assertThat(policy.weightOf("UserC9")).isEqualTo(6);
      assertThat(policy.weightOf("UserD")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
        doubles = {
          0,
          -0.0,
          -1,
          Double.NaN,
          Double.POSITIVE_INFINITY,
          Double.NEGATIVE_INFINITY,
          Double.MIN_VALUE,
          0.001,
          10_000.001
        })
    void that_are_no_positive_number_within_the_range_are_refused(double weight) {
      assertThat(refusal(fair().share("physics", weight)))
          .contains("'physics=" + weight + "'", "1/999.9999..10000");
    }

    @ParameterizedTest
    @ValueSource(doubles = {1 / 999.9999, 0.00101, 1, 9_999.9, 10_000})
    void are_allowed_up_to_the_bounds(double weight) {
      assertThat(fair().share("physics", weight).build().weightOf("physics")).isEqualTo(weight);
    }

    @Test
    void at_the_bounds_are_those_of_aws_when_inverted() {
      assertThat((float) (1 / 10_000.0)).isEqualTo(0.0001f);
      assertThat((float) (1 / (1 / 999.9999))).isEqualTo(999.9999f);
    }
  }

  @Nested
  class Identifiers {
    @ParameterizedTest
    @ValueSource(strings = {"", "*", "a b", "a-b", "a_b", "a**", "a*b", "*a", "ü", "a\n", "a*\n"})
    void of_other_than_letters_and_digits_are_refused(String identifier) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fair().share(identifier, 1).build())
          .withMessageContaining("'" + identifier.replace("\n", "\\u000a") + "'")
          .withMessageContaining("1..255");
    }

    @Test
    void have_at_most_255_characters_before_the_star() {
      String longest = "a".repeat(255);

      assertThat(fair().share(longest, 1).build().shares()).hasSize(1);
      assertThat(fair().share(longest + "*", 1).build().shares()).hasSize(1);
      assertThat(refusal(fair().share(longest + "a", 1))).contains("1..255");
      assertThat(refusal(fair().share(longest + "a*", 1))).contains("1..255");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UserA1", "UserA*"})
    void that_are_there_twice_are_refused(String identifier) {
      assertThat(refusal(fair().share(identifier, 1).share("x", 1).share(identifier, 2)))
          .isEqualTo("share = '" + identifier + "': is there twice");
    }

    @ParameterizedTest
    @CsvSource({
      "UserA*, UserA1",
      "UserA*, UserAB*",
      "UserA*, UserA",
      "UserA*, UserAzzz",
      "U*, UserA*",
    })
    void that_a_prefix_covers_are_refused_in_either_order(String prefix, String covered) {
      String message = "share = '" + covered + "': overlaps with " + prefix;

      assertThat(refusal(fair().share(prefix, 1).share("other", 1).share(covered, 1)))
          .isEqualTo(message);
      assertThat(refusal(fair().share(covered, 1).share("other", 1).share(prefix, 1)))
          .isEqualTo(message);
    }

    @Test
    void that_only_look_alike_do_not_overlap() {
      SchedulingPolicy policy =
          fair().share("UserA*", 1).share("UserB*", 2).share("User", 3).share("userA1", 4).build();

      assertThat(policy.shares()).hasSize(4);
    }
  }

  @Nested
  class Decay {
    @Test
    void of_a_positive_length_is_used_as_it_is_also_below_the_minimum_window() {
      for (Duration some :
          List.of(Duration.ofNanos(1), Duration.ofSeconds(60), Duration.ofSeconds(604_800))) {
        SchedulingPolicy policy = fair().decay(some).build();

        assertThat(policy.decay()).isEqualTo(some);
        assertThat(policy.decayWindow()).isEqualTo(some);
      }
    }

    @Test
    void that_is_negative_or_longer_than_a_week_is_refused() {
      for (Duration bad :
          List.of(Duration.ofNanos(-1), Duration.ofSeconds(604_800, 1), Duration.ofDays(8))) {
        assertThat(refusal(fair().decay(bad))).contains("decay = '" + bad + "'", "604800");
      }
    }
  }

  @Nested
  class Reservation {
    /** The examples of AWS's documentation: 50 and 25 of its user guide, 75 of its CDK. */
    @ParameterizedTest(name = "{0} % with {1} active shares: {2}")
    @CsvSource({
      "50, 1, 0.5",
      "50, 2, 0.25",
      "50, 3, 0.125",
      "25, 1, 0.25",
      "25, 2, 0.0625",
      "25, 3, 0.015625",
      "75, 0, 1",
      "75, 1, 0.75",
      "75, 2, 0.5625",
      "75, 3, 0.421875",
    })
    void falls_with_each_active_share_as_on_aws(int percent, int active, double expected) {
      assertThat(fair().reservation(percent).build().reservedFraction(active)).isEqualTo(expected);
    }

    @Test
    void of_zero_keeps_nothing_even_when_no_share_is_active() {
      assertThat(fair().build().reservedFraction(0)).isZero();
      assertThat(fair().build().reservedFraction(3)).isZero();
      assertThat(SchedulingPolicy.fifo().reservedFraction(0)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 100, Integer.MAX_VALUE})
    void outside_0_to_99_is_refused(int percent) {
      assertThat(refusal(fair().reservation(percent)))
          .isEqualTo("reservation = '" + percent + "': must be 0..99");
    }

    @Test
    void of_fewer_than_no_active_shares_is_refused() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> fair().reservation(50).build().reservedFraction(-1))
          .withMessageContaining("-1");
    }
  }

  @Test
  void everything_that_is_wrong_is_told_at_once() {
    SchedulingPolicy.Builder wrong =
        fair()
            .share("a b", 1)
            .share("x", Double.NaN)
            .share("y", -2)
            .share("y", 3)
            .share("UserA*", 1)
            .share("UserA1", 1)
            .reservation(100)
            .decay(Duration.ofSeconds(-7));

    assertThat(refusal(wrong).split("; "))
        .hasSize(7)
        .anySatisfy(problem -> assertThat(problem).contains("'a b'"))
        .anySatisfy(problem -> assertThat(problem).contains("'x=NaN'"))
        .anySatisfy(problem -> assertThat(problem).contains("'y=-2.0'"))
        .anySatisfy(problem -> assertThat(problem).contains("'y'", "twice"))
        .anySatisfy(problem -> assertThat(problem).contains("'UserA1'", "overlaps with UserA*"))
        .anySatisfy(problem -> assertThat(problem).contains("'100'"))
        .anySatisfy(problem -> assertThat(problem).contains("'PT-7S'"));
  }

  @Test
  void a_builder_that_is_used_on_does_not_change_what_it_built() {
    SchedulingPolicy.Builder builder = fair().share("a", 1);
    SchedulingPolicy first = builder.build();

    SchedulingPolicy second = builder.share("b", 2).reservation(10).build();

    assertThat(first).isEqualTo(fair().share("a", 1).build()).isNotEqualTo(second);
    assertThat(second.shares()).containsOnlyKeys("a", "b");
  }

  @Test
  void equality_is_of_all_that_was_said() {
    assertThat(full().build()).isEqualTo(full().build()).hasSameHashCodeAs(full().build());
    assertThat(full().build()).isNotEqualTo(full().share("c", 1).build());
    assertThat(full().build()).isNotEqualTo(full().decay(Duration.ZERO).build());
    assertThat(full().build()).isNotEqualTo(full().reservation(0).build());
    assertThat(full().easyBackfill().build())
        .hasToString("fair share {b=2.0, a*=0.5}, decay PT1H, reservation 50 %, EASY backfill");
  }
}
