package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.batch.model.JobDefinition;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;

class DefinitionCacheTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Definitions service = new Definitions();
  private final DefinitionCache cache = new DefinitionCache(service, InstantSource.fixed(NOW));

  /** What is registered, in memory. */
  private static final class Definitions implements DefinitionCache.Service {
    final List<RegisterJobDefinitionRequest> registered = new ArrayList<>();
    final List<JobDefinition> active = new ArrayList<>();
    int failures;

    @Override
    public synchronized List<JobDefinition> active(String name) {
      return active.stream().filter(d -> d.jobDefinitionName().equals(name)).toList();
    }

    @Override
    public synchronized String register(RegisterJobDefinitionRequest request) {
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("not now");
      }
      registered.add(request);
      return "arn:" + request.jobDefinitionName() + ":" + registered.size();
    }
  }

  private static RegisterJobDefinitionRequest of(String image) {
    return RegisterJobDefinitionRequest.builder()
        .type("container")
        .containerProperties(c -> c.image(image))
        .build();
  }

  @Test
  void equal_definitions_are_registered_once() {
    String first = cache.arn(of("a"));

    assertThat(cache.arn(of("a"))).isEqualTo(first);
    assertThat(cache.arn(of("b"))).isNotEqualTo(first);
    assertThat(service.registered).hasSize(2);
  }

  @Test
  void many_threads_register_once() {
    CountDownLatch together = new CountDownLatch(8);
    List<CompletableFuture<String>> all =
        IntStream.range(0, 8)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          together.countDown();
                          return cache.arn(of("a"));
                        }))
            .toList();

    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(service.registered).hasSize(1);
  }

  @Test
  void what_another_program_has_registered_is_used() {
    String name = DefinitionCache.name(of("a"));
    service.active.add(
        JobDefinition.builder().jobDefinitionName(name).jobDefinitionArn("arn:theirs").build());

    assertThat(cache.arn(of("a"))).isEqualTo("arn:theirs");
    assertThat(service.registered).isEmpty();
  }

  @Test
  void the_name_is_the_whole_content() {
    RegisterJobDefinitionRequest plain = of("a");

    assertThat(DefinitionCache.name(plain)).isEqualTo(DefinitionCache.name(of("a")));
    assertThat(DefinitionCache.name(plain))
        .isNotEqualTo(
            DefinitionCache.name(
                plain.toBuilder()
                    .containerProperties(c -> c.image("a").linuxParameters(l -> l.maxSwap(0)))
                    .build()));
    assertThat(DefinitionCache.isOurs(DefinitionCache.name(plain))).isTrue();
    assertThat(DefinitionCache.isOurs("hpc4j-mine")).isFalse();
  }

  @Test
  void a_failure_is_not_kept() {
    service.failures = 1;

    assertThatThrownBy(() -> cache.arn(of("a"))).isInstanceOf(IllegalStateException.class);
    assertThat(cache.arn(of("a"))).startsWith("arn:");
  }

  @Test
  void a_definition_that_was_forgotten_is_registered_again() {
    String first = cache.arn(of("a"));
    cache.forget(of("a"));

    assertThat(cache.arn(of("a"))).isNotEqualTo(first);
  }

  @Test
  void it_says_when_it_was_registered() {
    Object unused = cache.arn(of("a"));
    RegisterJobDefinitionRequest sent = service.registered.get(0);
    JobDefinition kept = JobDefinition.builder().parameters(sent.parameters()).build();

    assertThat(DefinitionCache.registeredAt(kept)).isEqualTo(NOW);
    assertThat(DefinitionCache.registeredAt(JobDefinition.builder().build()))
        .isEqualTo(Instant.MIN);
  }
}
