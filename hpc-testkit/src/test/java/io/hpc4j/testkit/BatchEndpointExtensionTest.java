package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs sample tests, nested classes that the build does not run by themselves. */
class BatchEndpointExtensionTest {
  private static final List<URI> SEEN = new CopyOnWriteArrayList<>();

  @ExtendWith(BatchEndpointExtension.class)
  static class Simple {
    @BeforeEach
    void has_the_same_as_the_test(BatchEndpoint endpoint) {
      SEEN.add(endpoint.url());
    }

    @Test
    void has_one(BatchEndpoint endpoint) throws IOException {
      assertThat(endpoint.url()).isEqualTo(SEEN.get(SEEN.size() - 1));
      connect(endpoint.url());
    }

    @Test
    void has_one_of_its_own(BatchEndpoint endpoint) {
      assertThat(endpoint.jobs()).isEmpty();
    }
  }

  static class Chosen {
    @RegisterExtension
    static final BatchEndpointExtension BATCH =
        BatchEndpointExtension.of(
            () -> {
              BatchEndpoint endpoint = BatchEndpoint.start();
              SEEN.add(endpoint.url());
              return endpoint;
            });

    @Test
    void has_what_was_asked_for(BatchEndpoint endpoint) {
      assertThat(SEEN).contains(endpoint.url());
    }

    @Test
    void starts_none_that_nobody_asks_for() {}
  }

  private static void connect(URI url) throws IOException {
    new Socket(url.getHost(), url.getPort()).close();
  }

  private static void run(Class<?> tests, int succeed) {
    SEEN.clear();
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(tests))
        .execute()
        .testEvents()
        .assertStatistics(all -> all.succeeded(succeed).failed(0));
  }

  @Test
  void each_test_has_an_endpoint_of_its_own_which_is_closed_after_it() {
    run(Simple.class, 2);

    assertThat(SEEN).hasSize(2);
    assertThat(SEEN)
        .allSatisfy(url -> assertThatThrownBy(() -> connect(url)).isInstanceOf(IOException.class));
  }

  @Test
  void another_is_started_for_each_test_that_wants_one() {
    run(Chosen.class, 2);

    assertThat(SEEN).hasSize(1);
  }
}
