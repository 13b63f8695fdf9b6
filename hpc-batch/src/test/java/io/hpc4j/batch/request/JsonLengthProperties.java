package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import software.amazon.awssdk.services.batch.model.ConsumableResourceRequirement;
import software.amazon.awssdk.services.batch.model.KeyValuePair;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

class JsonLengthProperties {
  private static void assertExact(SubmitJobRequest request) {
    String written = CanonicalJson.of(request).toString();

    assertThat(JsonLength.of(request)).isEqualTo(written.getBytes(StandardCharsets.UTF_8).length);
  }

  @Property
  void what_is_counted_is_what_is_written(
      @ForAll int number,
      @ForAll boolean flag,
      @ForAll @Size(max = 5) List<String> texts,
      @ForAll @Size(max = 5) Map<String, String> tags) {
    List<String> whole = texts.stream().filter(JsonLengthProperties::isWhole).toList();
    Map<String, String> wholeTags = new HashMap<>(tags);
    wholeTags.entrySet().removeIf(e -> !isWhole(e.getKey()) || !isWhole(e.getValue()));
    assertExact(
        SubmitJobRequest.builder()
            .containerOverrides(
                c ->
                    c.command(whole)
                        .environment(
                            whole.stream()
                                .map(text -> KeyValuePair.builder().name("A").value(text).build())
                                .toList()))
            .arrayProperties(a -> a.size(number))
            .consumableResourcePropertiesOverride(c -> c.consumableResourceList(quantity(number)))
            .propagateTags(flag)
            .tags(wholeTags)
            .build());
  }

  private static ConsumableResourceRequirement quantity(long quantity) {
    return ConsumableResourceRequirement.builder().quantity(quantity).build();
  }

  /** Half a pair is no text. */
  private static boolean isWhole(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  @Example
  void signs_that_are_escaped_or_long_are_counted_as_they_are_written() {
    assertExact(
        SubmitJobRequest.builder()
            .jobName("\"\\/\b\t\n\f\r\u0001\u001f\u007f é ߿ ࠀ € 😀 \u2028")
            .build());
  }

  @Example
  void nothing_is_two_braces() {
    assertExact(SubmitJobRequest.builder().build());
  }
}
