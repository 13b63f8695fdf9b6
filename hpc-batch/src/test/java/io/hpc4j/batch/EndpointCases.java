package io.hpc4j.batch;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Problem;
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
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.ResourceRequirement;

/** A backend over AWS Batch's API in virtual time, for tests of what the contract does not ask. */
abstract class EndpointCases {
  static final Duration HOUR = Duration.ofHours(1);

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

  /** A program with this test's store, to be closed as one that is killed. */
  JobClient lasting() {
    return lasting(b -> b);
  }

  JobClient lasting(UnaryOperator<BatchBackend.Builder> change) {
    BatchBackend.Builder kept =
        EndpointFixture.builder(fixture.client(), fixture.time()).scope("kept");
    return JobClient.builder(change.apply(kept).build())
        .store(JobStore.file(directory.resolve("store")))
        .build();
  }

  /** Takes up again what the program before has left. */
  List<Job> resume() {
    return client(lasting()).resume();
  }

  /** A program that knows jobs by their ids alone. */
  BatchBackend stranger() {
    return EndpointFixture.builder(fixture.client(), fixture.time()).scope("stranger").build();
  }

  /** A client that a backend of its own is asked by, with something between it and AWS. */
  JobClient behind(ExecutionInterceptor between) {
    BatchClient aws = fixture.client(c -> c.addExecutionInterceptor(between));
    return client(fixture.builder(aws).scope("behind").build());
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

  List<Problem> problems(JobDefinition definition, BatchOptions options) {
    return problems(JobRequest.builder(definition).options(options).build());
  }

  /** What is wrong with a request. */
  List<Problem> problems(JobRequest request) {
    try {
      Plan unused = hpc.plan(request);
      return List.of();
    } catch (InvalidJobException e) {
      return e.problems();
    }
  }

  /** What AWS tells of a job; by its place in the books. */
  JobDetail described(int job) {
    BatchClient client = fixture.client();
    return client.describeJobs(r -> r.jobs(endpoint.jobs().get(job).id())).jobs().get(0);
  }

  static ResourceRequirement requirement(String type, String value) {
    return ResourceRequirement.builder().type(type).value(value).build();
  }

  /** Registers a definition as somebody else does, and returns its ARN. */
  String register(String name) {
    return fixture
        .client()
        .registerJobDefinition(
            r ->
                r.jobDefinitionName(name)
                    .type("container")
                    .containerProperties(
                        c ->
                            c.image("any")
                                .resourceRequirements(
                                    requirement("VCPU", "1"), requirement("MEMORY", "512"))))
        .jobDefinitionArn();
  }
}
