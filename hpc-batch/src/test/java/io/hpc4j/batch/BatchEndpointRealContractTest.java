package io.hpc4j.batch;

import io.hpc4j.testkit.BackendContract;
import io.hpc4j.testkit.BackendFixture;

/** The contract over AWS Batch's API, in real time. */
class BatchEndpointRealContractTest extends BackendContract {
  @Override
  protected BackendFixture fixture() {
    return new EndpointFixture(false);
  }
}
