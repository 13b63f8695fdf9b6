package io.hpc4j.batch;

import io.hpc4j.testkit.BackendContract;
import io.hpc4j.testkit.BackendFixture;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract over AWS Batch's API, in real time. */
@Execution(ExecutionMode.CONCURRENT)
class BatchEndpointRealContractTest extends BackendContract {
  @Override
  protected BackendFixture fixture() {
    return new EndpointFixture(false);
  }
}
