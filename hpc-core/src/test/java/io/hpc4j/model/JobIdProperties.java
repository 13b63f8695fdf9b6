package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class JobIdProperties {
  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.oneOf(
            Arbitraries.strings().all().ofMinLength(1).ofMaxLength(20),
            Arbitraries.strings()
                .withChars(':', '/', '#', '?', '&', '=', '%', '+', ' ', '\n', '\0', '"', 'é')
                .ofMinLength(1)
                .ofMaxLength(8))
        .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  @Property
  void any_id_reads_back_from_its_text_hints_included(
      @ForAll("hostile") String backend,
      @ForAll("hostile") String scope,
      @ForAll("hostile") String nativeId,
      @ForAll("hostile") String nativeName,
      @ForAll @IntRange(min = -1, max = IndexSet.MAX_INDEX) int index,
      @ForAll @IntRange(min = -1, max = 100) int node) {
    JobId id = JobId.of(backend, scope, "0a1b2c").withHints(nativeId, nativeName);
    id = index < 0 ? id : id.element(index);
    id = node < 0 ? id : id.onNode(node);

    JobId read = JobId.parse(id.text());

    assertThat(read).isEqualTo(id).hasSameHashCodeAs(id);
    assertThat(List.of(read.backend(), read.scope())).containsExactly(backend, scope);
    assertThat(read.nativeId()).contains(nativeId);
    assertThat(read.nativeName()).contains(nativeName);
    assertThat(read.text()).isEqualTo(id.text()).isPrintable().isASCII();
    assertThat(JobId.parse(id.toString())).isEqualTo(id);
  }

  @Property
  void any_text_is_an_id_or_refused(@ForAll("hostile") String text) {
    for (String candidate : List.of(text, "local:" + text + ":8f", "local:host:8f" + text)) {
      try {
        JobId id = JobId.parse(candidate);

        assertThat(JobId.parse(id.text())).isEqualTo(id);
      } catch (IllegalArgumentException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
  }
}
