package io.hpc4j.testkit.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.local.LocalBackend;
import io.hpc4j.testkit.batch.BatchService.Operation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BatchServiceTest {
  private final LocalBackend backend = LocalBackend.create();
  private final BatchService service =
      new BatchService(backend, new FaultState(backend.time()), Duration.ZERO);

  private byte[] ask(String name, String body) {
    Operation operation = Objects.requireNonNull(service.operation(name));
    return service.carryOut(operation, body.getBytes(StandardCharsets.UTF_8));
  }

  /** A request may still be under way when the endpoint is closed. */
  @Test
  void after_the_close_requests_are_refused_and_the_books_can_still_be_read() {
    assertThat(ask("ListJobs", "{\"jobQueue\":\"default\"}")).isNotEmpty();
    service.close();

    assertThatThrownBy(() -> ask("ListJobs", "{\"jobQueue\":\"default\"}"))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(503))
        .hasMessage("The endpoint is closed");
    assertThat(service.jobs()).isEmpty();
  }
}
