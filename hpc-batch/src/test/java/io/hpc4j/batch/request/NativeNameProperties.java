package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class NativeNameProperties {
  @Property
  void a_name_tells_its_token_part_and_attempt_again(
      @ForAll
          @StringLength(min = 1, max = 20)
          @CharRange(from = 'a', to = 'z')
          @CharRange(from = '0', to = '9')
          String token,
      @ForAll @IntRange(max = 999_999) int part,
      @ForAll @IntRange(min = 1, max = 999) int attempt,
      @ForAll @StringLength(max = 128) String name) {
    String text = new NativeName(token, part, attempt, name).text();

    assertThat(text).matches("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    assertThat(NativeName.parse(text))
        .hasValueSatisfying(
            parsed -> {
              assertThat(parsed.token()).isEqualTo(token);
              assertThat(parsed.part()).isEqualTo(part);
              assertThat(parsed.attempt()).isEqualTo(attempt);
            });
  }

  @Property
  void no_name_of_others_is_taken_for_one_of_ours(@ForAll @StringLength(max = 40) String text) {
    NativeName.parse(text)
        .ifPresent(parsed -> assertThat(text).startsWith(NativeName.prefix(parsed.token())));
  }
}
