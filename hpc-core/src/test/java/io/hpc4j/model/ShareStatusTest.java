package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareStatusTest {
  @Test
  void a_share_that_has_used_nothing_and_is_not_active_is_fine() {
    ShareStatus idle = new ShareStatus("physics", 1, 0, 0, 0, 0, 1, false);

    assertThat(idle.usage()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0.5, 1, 1, 1",
    "-1, 1, 0.5, 1, 1, 1",
    "NaN, 1, 0.5, 1, 1, 1",
    "Infinity, 1, 0.5, 1, 1, 1",
    "1, -1, 0.5, 1, 1, 1",
    "1, NaN, 0.5, 1, 1, 1",
    "1, 1, -0.1, 1, 1, 1",
    "1, 1, 1.1, 1, 1, 1",
    "1, 1, NaN, 1, 1, 1",
    "1, 1, 0.5, -1, 1, 1",
    "1, 1, 0.5, 1, -1, 1",
    "1, 1, 0.5, 1, 1, 0"
  })
  void a_number_out_of_range_is_refused(
      double weight, double usage, double entitlement, int cpus, long waiting, int position) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ShareStatus(
                    "physics", weight, usage, entitlement, cpus, waiting, position, true));
  }
}
