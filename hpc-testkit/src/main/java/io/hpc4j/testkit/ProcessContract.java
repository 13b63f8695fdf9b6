package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * The {@link BackendContract} with the groups for backends that start real processes: E environment
 * and quoting, O output, P processes and their ends. Needs {@code sh} and the usual small tools
 * where the jobs run, and a {@link BackendFixture#directory()} that they see.
 */
public abstract class ProcessContract extends BackendContract {
  /** Creates one. */
  protected ProcessContract() {}

  @AfterAll
  static void nothingIsLeft() {
    assertThat(Leftovers.ofAll()).as("processes of jobs after all tests").isEmpty();
  }

  @Nested
  @DisplayName("E environment and quoting")
  class Environment extends EnvironmentCases {
    @Override
    BackendFixture makeFixture() {
      return ProcessContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("O output")
  class Output extends OutputCases {
    @Override
    BackendFixture makeFixture() {
      return ProcessContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("P processes")
  class Processes extends ProcessCases {
    @Override
    BackendFixture makeFixture() {
      return ProcessContract.this.fixture();
    }
  }
}
