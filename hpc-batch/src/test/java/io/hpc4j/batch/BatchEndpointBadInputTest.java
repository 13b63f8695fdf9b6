package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;

/** Each thing that may be wrong is told with its value, before AWS is told to do anything. */
class BatchEndpointBadInputTest extends EndpointCases {
  private static final BatchOptions FARGATE =
      BatchOptions.create().fargate().executionRole("arn:aws:iam::1:role/e");
  private static final String UNKNOWN = "arn:aws:batch:us-east-1:1:job-definition/nobodys:1";

  /**
   * Something wrong.
   *
   * @param name what it is
   * @param field the field that is named
   * @param value what is told of its value
   * @param change makes it so
   */
  record Bad(String name, String field, String value, UnaryOperator<JobRequest> change) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bad> bad() {
    return Stream.of(
        new Bad("a queue that is not there", "queue", "nowhere", on(r -> r.queue("nowhere"))),
        new Bad(
            "a superfluous share", "share", "physics", on(r -> r.queue("fifo").share("physics"))),
        new Bad("a priority beyond AWS's", "priority", "10000", on(r -> r.priority(10_000))),
        bad("a short timeout", "timeout", "PT59S", d -> d.timeout(Duration.ofSeconds(59))),
        bad("an empty word", "work.command", "argument 2", d -> d.command("echo", "a", "")),
        bad("our names", "environment", "HPC4J_MINE", d -> d.environment("HPC4J_MINE", "x")),
        bad("AWS's names", "environment", "AWS_BATCH_MY", d -> d.environment("AWS_BATCH_MY", "x")),
        bad("too much", "environment", "bytes", d -> d.environment("BIG", "x".repeat(9000))),
        bad("no such resource", "resources.consumables", "tape", one(r -> r.consumable("tape", 1))),
        bad("cpus that nobody has", "resources", "900", one(r -> r.cpusPerTask(900))),
        bad("GPUs that nobody has", "resources.gpus", "2", one(r -> r.gpus(2))),
        bad("more than 1000 nodes", "resources.nodes", "1001", nodes(1001)),
        new Bad(
            "more than 1000 jobs of several nodes",
            "array.size",
            "1001",
            in(nodes(2)).andThen(on(r -> r.array(1001)))::apply),
        new Bad(
            "a definition that is not there",
            "options.batch.existing",
            UNKNOWN,
            on(r -> r.options(BatchOptions.create().useExisting(UNKNOWN)))),
        fargate("a GPU", "resources.gpus", "1", one(r -> r.gpus(1))),
        fargate("17 cpus", "resources", "17", one(r -> r.cpusPerTask(17))),
        fargate("121 GiB", "resources", "121 GiB", one(r -> r.memoryGiB(121))),
        fargate("several nodes", "resources.nodes", "2", nodes(2)),
        new Bad(
            "no role to start with on Fargate",
            "options.batch.executionRole",
            "",
            on(r -> r.options(BatchOptions.create().fargate()))),
        new Bad(
            "rights on Fargate",
            "options.batch.privileged",
            "",
            on(r -> r.options(FARGATE.privileged()))));
  }

  private static Bad bad(
      String name, String field, String value, UnaryOperator<JobDefinition.Builder> change) {
    return new Bad(name, field, value, in(change));
  }

  private static Bad fargate(
      String what, String field, String value, UnaryOperator<JobDefinition.Builder> change) {
    return new Bad(
        what + " on Fargate", field, value, in(change).andThen(on(r -> r.options(FARGATE)))::apply);
  }

  private static UnaryOperator<JobRequest> on(UnaryOperator<JobRequest.Builder> change) {
    return request -> change.apply(request.toBuilder()).build();
  }

  private static UnaryOperator<JobRequest> in(UnaryOperator<JobDefinition.Builder> change) {
    return request ->
        request.toBuilder()
            .definition(change.apply(request.definition().toBuilder()).build())
            .build();
  }

  private static UnaryOperator<JobDefinition.Builder> one(UnaryOperator<Resources> change) {
    return d -> d.resources(change.apply(Resources.defaults()));
  }

  private static UnaryOperator<JobDefinition.Builder> nodes(int nodes) {
    return d -> d.resources(Resources.nodes(nodes)).launch(Launch.PER_NODE);
  }

  @ParameterizedTest
  @MethodSource
  void bad(Bad bad) {
    List<Problem> problems = refused(bad.change().apply(JobRequest.of(quick("bad"))));

    assertThat(problems)
        .anySatisfy(
            problem -> {
              assertThat(problem.field()).isEqualTo(bad.field());
              assertThat(problem.value()).contains(bad.value());
            });
  }

  @Test
  void all_that_is_wrong_is_told_at_once() {
    JobRequest request = JobRequest.of(quick("bad"));
    List<String> together = List.of("a superfluous share", "a priority beyond AWS's");
    List<Bad> all =
        bad()
            .filter(
                bad ->
                    together.contains(bad.name())
                        || List.of("timeout", "work.command").contains(bad.field())
                        || bad.name().endsWith("names")
                        || bad.name().equals("no such resource"))
            .toList();
    for (Bad each : all) {
      request = each.change().apply(request);
    }

    assertThat(refused(request))
        .extracting(Problem::field)
        .containsAll(all.stream().map(Bad::field).toList());
    assertThat(all).hasSize(7);
  }

  @Test
  void what_is_wrong_with_the_size_is_told_with_the_rest() {
    JobDefinition bad =
        quick("bad").toBuilder()
            .command("echo", "")
            .resources(Resources.cpus(900).gpus(1).consumable("licence", 1))
            .build();

    assertThat(refused(JobRequest.of(bad)))
        .extracting(Problem::field)
        .contains("work.command", "resources", "resources.gpus", "resources.consumables");
  }

  @Test
  void what_fargate_does_not_have_is_told_at_once() {
    JobDefinition large =
        quick("large").toBuilder().resources(Resources.cpus(16).memoryGiB(121).gpus(1)).build();
    Memory some = Memory.ofMiB(64);
    BatchOptions options =
        BatchOptions.create()
            .fargate()
            .privileged()
            .sharedMemory(some)
            .swap(some, 50)
            .ulimit("memlock", -1, -1)
            .tmpfs("/a", some)
            .device("/dev/fuse");

    assertThat(refused(large, options))
        .extracting(Problem::field)
        .contains(
            "resources",
            "resources.gpus",
            "options.batch.executionRole",
            "options.batch.privileged",
            "options.batch.sharedMemory",
            "options.batch.swap",
            "options.batch.ulimits",
            "options.batch.tmpfs",
            "options.batch.devices");
  }

  @Test
  void without_an_image_or_a_queue_or_a_share_nothing_is_sent() {
    JobClient bare =
        client(BatchBackend.builder(fixture.client()).scope("bare").time(fixture.time()).build());
    JobRequest plain = JobRequest.of(quick("bare"));

    assertThat(refused(bare, plain)).extracting(Problem::field).contains("queue", "image");
    assertThat(refused(bare, plain.toBuilder().queue("normal").build()))
        .extracting(Problem::field)
        .containsExactlyInAnyOrder("share", "image");
  }

  @Test
  void a_queue_of_spot_instances_takes_no_jobs_of_several_nodes() {
    JobRequest nodes = in(nodes(2)).apply(JobRequest.of(quick("gang")));

    assertThat(refused(on(Altered.environments(e -> type(e, "SPOT"))), nodes))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.field()).isEqualTo("resources.nodes");
              assertThat(problem.value()).isEqualTo("2");
              assertThat(problem.rule()).contains("Spot");
            });
  }

  @Test
  void a_queue_of_fargate_has_its_rules_whatever_the_options() {
    JobRequest nodes = in(nodes(2)).apply(JobRequest.of(quick("gang")));

    assertThat(refused(on(Altered.environments(e -> type(e, "FARGATE"))), nodes))
        .extracting(Problem::field)
        .containsExactlyInAnyOrder("resources.nodes", "options.batch.executionRole");
  }

  @Test
  void a_queue_that_is_disabled_or_invalid_is_refused_in_awss_words() {
    JobRequest plain = JobRequest.of(quick("plain"));

    assertThat(refused(on(Altered.queues(q -> q.toBuilder().state("DISABLED").build())), plain))
        .extracting(Problem::toString)
        .containsExactly("queue = 'normal': is disabled: it takes no jobs");
    assertThat(
            refused(
                on(
                    Altered.queues(
                        q -> q.toBuilder().status("INVALID").statusReason("why").build())),
                plain))
        .extracting(Problem::toString)
        .containsExactly("queue = 'normal': is INVALID: why");
  }

  /** A program that is told so of queues and environments. */
  private JobClient on(ExecutionInterceptor answers) {
    return client(program(meeting(answers)));
  }

  private static ComputeEnvironmentDetail type(ComputeEnvironmentDetail environment, String type) {
    return environment.toBuilder()
        .computeResources(environment.computeResources().toBuilder().type(type).build())
        .build();
  }

  @Test
  void a_definition_that_is_there_is_used_until_somebody_takes_it_away() {
    String theirs = register("theirs");
    JobRequest request =
        JobRequest.builder(quick("on it"))
            .options(BatchOptions.create().useExisting(theirs))
            .build();
    assertThat(problems(request)).isEmpty();

    fixture.client().deregisterJobDefinition(r -> r.jobDefinition(theirs));
    pass(HOUR);

    assertThat(refused(request))
        .extracting(Problem::field, Problem::value)
        .containsExactly(tuple("options.batch.existing", theirs));
  }

  @Test
  void a_definition_can_be_named_without_its_revision() {
    String theirs = register("theirs");
    BatchOptions latest = BatchOptions.create().useExisting("theirs");

    assertThat(problems(quick("on it"), latest)).isEmpty();
    fixture.client().deregisterJobDefinition(r -> r.jobDefinition(theirs));
    pass(HOUR);
    assertThat(refused(quick("on it"), latest)).hasSize(1);
  }

  /** AWS has no arrays of jobs of several nodes; it is given one for each element. */
  @Test
  void an_array_of_jobs_of_several_nodes_is_several_of_aws_jobs() {
    JobRequest gangs = in(nodes(2)).apply(JobRequest.of(quick("gangs")));

    Job array = hpc.submit(gangs.toBuilder().array(3).build());

    assertThat(endpoint.jobs()).hasSize(3);
    assertThat(described(0).arrayProperties()).isNull();
    assertThat(end(array).state()).isEqualTo(JobState.SUCCEEDED);
  }
}
