package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** Nonsense in each place of each request. */
@Timeout(120)
class BatchEndpointHostileTest {
  /** Of what is not there. */
  private static final List<String> REFUSED =
      List.of("DeleteComputeEnvironment", "DeleteJobQueue", "DeregisterJobDefinition");

  private final HostileRequests requests = new HostileRequests();

  @AfterEach
  void close() {
    requests.close();
  }

  @TestFactory
  Stream<DynamicTest> nonsense_is_never_the_service_s_fault() {
    return HostileRequests.REQUESTS.keySet().stream()
        .map(name -> dynamicTest(name, () -> requests.walk(name)));
  }

  /** Otherwise the other would prove little. */
  @TestFactory
  Stream<DynamicTest> without_nonsense_they_are_all_right() {
    return HostileRequests.REQUESTS.keySet().stream()
        .map(
            name ->
                dynamicTest(
                    name,
                    () ->
                        assertThat(requests.send(name))
                            .isEqualTo(REFUSED.contains(name) ? 400 : 200)));
  }
}
