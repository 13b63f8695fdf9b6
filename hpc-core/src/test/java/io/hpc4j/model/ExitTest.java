package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExitTest {
  @Test
  void a_code_is_no_signal_and_a_signal_is_no_code() {
    assertThat(Exit.code(3).code()).hasValue(3);
    assertThat(Exit.code(3).signal()).isEmpty();
    assertThat(Exit.signal(9).signal()).hasValue(9);
    assertThat(Exit.signal(9).code()).isEmpty();
  }

  @Test
  void a_number_that_may_be_either_says_both_and_that_it_is_ambiguous() {
    Exit exit = Exit.fromShell(137);

    assertThat(exit.isAmbiguous()).isTrue();
    assertThat(exit.code()).hasValue(137);
    assertThat(exit.signal()).hasValue(9);
    assertThat(exit).hasToString("exit code 137 or signal 9");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 193, 255})
  void a_number_that_no_signal_gives_is_a_code(int number) {
    assertThat(Exit.fromShell(number)).isEqualTo(Exit.code(number));
    assertThat(Exit.fromShell(number).isAmbiguous()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {129, 143, 192})
  void a_number_that_a_signal_gives_is_ambiguous(int number) {
    assertThat(Exit.fromShell(number).isAmbiguous()).isTrue();
  }

  @Test
  void only_exit_code_zero_is_zero() {
    assertThat(Exit.code(0).isZero()).isTrue();
    assertThat(Exit.signal(0).isZero()).isFalse();
    assertThat(Exit.fromShell(128).isZero()).isFalse();
  }
}
