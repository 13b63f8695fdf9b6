package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.spi.Backend;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * What the contract says of processes, when plain Java starts them. The rest of the contract does
 * not depend on who does.
 */
class LocalFallbackTest {
  private static final String PROPERTY = "hpc4j.launcher";

  @BeforeAll
  static void plainJava() {
    System.setProperty(PROPERTY, "processbuilder");
  }

  @AfterAll
  static void asBefore() {
    System.clearProperty(PROPERTY);
    assertThat(Leftovers.ofAll()).as("processes of jobs after all tests").isEmpty();
  }

  private static Backend open(Path directory) {
    return LocalCluster.builder(directory).grace(Duration.ofMillis(500)).build();
  }

  @Nested
  @DisplayName("E environment and quoting")
  class Environment extends EnvironmentCases {
    @Override
    BackendFixture makeFixture() {
      return LocalFallbackTest::open;
    }
  }

  @Nested
  @DisplayName("O output")
  class Output extends OutputCases {
    @Override
    BackendFixture makeFixture() {
      return LocalFallbackTest::open;
    }
  }

  @Nested
  @DisplayName("P processes")
  class Processes extends ProcessCases {
    @Override
    BackendFixture makeFixture() {
      return LocalFallbackTest::open;
    }
  }
}
