package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class HostListProperties {
  @Provide
  Arbitrary<List<String>> names() {
    Arbitrary<String> prefix = Arbitraries.of("n", "n-", "compute-a", "x1y", "", "c.d");
    Arbitrary<String> number =
        Combinators.combine(
                Arbitraries.oneOf(
                    Arbitraries.integers().between(0, 30),
                    Arbitraries.integers().between(95, 105),
                    Arbitraries.integers().between(999_999_990, 999_999_999)),
                Arbitraries.integers().between(1, 12))
            .as((value, width) -> String.format("%0" + width + "d", value));
    return Combinators.combine(prefix, number).as((p, n) -> p + n).list().ofMaxSize(60);
  }

  @Property
  void what_was_compressed_expands_to_the_same_names_in_the_same_order(
      @ForAll("names") List<String> names) {
    assertThat(HostList.expand(HostList.compress(names))).isEqualTo(names);
  }

  @Property
  void any_text_is_a_list_or_refused(@ForAll String text) {
    tryToExpand(text);
    tryToExpand("n[" + text + "]");
  }

  @Property
  void any_text_of_the_alphabet_is_a_list_or_refused(@ForAll("brackets") String text) {
    tryToExpand(text);
  }

  @Provide
  Arbitrary<String> brackets() {
    return Arbitraries.strings().withChars("n[]-,019").ofMaxLength(30);
  }

  private static void tryToExpand(String text) {
    try {
      assertThat(HostList.expand(text)).doesNotContain("").hasSizeLessThan(HostList.MAX_HOSTS + 1);
    } catch (UnreadableReply e) {
      assertThat(e).hasMessageContaining("host list");
    }
  }
}
