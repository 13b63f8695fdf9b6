package io.hpc4j.testkit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/**
 * What every backend keeps to, as tests: extend it in the backend's own module and say by a {@link
 * BackendFixture} how to get a backend.
 *
 * <pre>{@code
 * class MyBackendContractTest extends BackendContract {
 *   @Override
 *   protected BackendFixture fixture() {
 *     return directory -> new MyBackend(directory);
 *   }
 * }
 * }</pre>
 *
 * <p>The groups are S submit, L lifecycle, A arrays, D dependencies, C cancel, T timeout and retry,
 * M multi-node, K capabilities, R resume, X close. A name tells the rule's number and whether the
 * rule <em>must</em> or <em>should</em> be kept. A test that needs a capability which the backend
 * does not declare is skipped with the capability's name; group K checks that such requests are
 * refused. Backends that start real processes extend {@link ProcessContract}.
 */
public abstract class BackendContract {
  /** Creates one. */
  protected BackendContract() {}

  /** Returns the fixture; called once for each test. */
  protected abstract BackendFixture fixture();

  @Nested
  @DisplayName("S submit")
  class Submit extends SubmitCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("L lifecycle")
  class Lifecycle extends LifecycleCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("A arrays")
  class Array extends ArrayCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("D dependencies")
  class Dependency extends DependencyCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("C cancel")
  class Cancel extends CancelCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("T timeout and retry")
  class Retry extends RetryCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("M multi-node")
  class MultiNode extends MultiNodeCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("K capabilities are truthful")
  class Capability extends CapabilityCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("R resume")
  class Resume extends ResumeCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }

  @Nested
  @DisplayName("X close")
  class Close extends CloseCases {
    @Override
    BackendFixture makeFixture() {
      return BackendContract.this.fixture();
    }
  }
}
