package io.hpc4j.batch;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.testkit.ContractWork;
import io.hpc4j.time.VirtualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A backend over AWS Batch's API in virtual time, for tests of what the contract does not ask. */
abstract class EndpointCases {
  @TempDir Path directory;

  final EndpointFixture fixture = new EndpointFixture(true);
  private final List<JobClient> clients = new ArrayList<>();
  BatchEndpoint endpoint;
  BatchBackend backend;
  JobClient hpc;

  @BeforeEach
  void open() {
    endpoint = fixture.start(directory);
    backend = program(b -> b);
    hpc = client(backend);
  }

  @AfterEach
  void close() {
    clients.forEach(JobClient::close);
    fixture.close();
  }

  BatchBackend program(UnaryOperator<BatchBackend.Builder> change) {
    return change.apply(fixture.builder()).build();
  }

  JobClient client(BatchBackend over) {
    JobClient client = JobClient.on(over);
    clients.add(client);
    return client;
  }

  JobClient client(JobClient client) {
    clients.add(client);
    return client;
  }

  void pass(Duration duration) {
    ((VirtualTime) fixture.time()).advance(duration);
  }

  JobDefinition quick(String name) {
    return fixture.work(name, ContractWork.quick()).build();
  }

  JobDefinition failing(String name) {
    return fixture.work(name, ContractWork.quick().exit(3)).build();
  }

  JobDefinition endless(String name) {
    return fixture.work(name, ContractWork.endless()).build();
  }

  Job end(Job job) {
    job.await(fixture.patience());
    return job;
  }

  int calls(String operation) {
    return endpoint.faults().calls(operation);
  }
}
