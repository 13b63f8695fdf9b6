package io.hpc4j.testkit;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Requests that are wrong on every backend. */
final class BadInput {
  private final Cases cases;
  private final List<Bad> all = new ArrayList<>();

  /**
   * A wrong request.
   *
   * @param name what is wrong
   * @param field the field, or its beginning, that a problem must name
   * @param request the request
   */
  record Bad(String name, String field, JobRequest request) {}

  BadInput(Cases cases) {
    this.cases = cases;
  }

  Stream<Bad> all() {
    work();
    names();
    environment();
    resources();
    limits();
    arrays();
    dependencies();
    return all.stream();
  }

  private void work() {
    work("no work at all", "work", JobDefinition.builder("none").build());
    work("an empty command", "work.command", JobDefinition.command());
    work("a blank program", "work.command", JobDefinition.command(" "));
    work("an empty program", "work.command", JobDefinition.command("", "x"));
    work("a NUL in an argument", "work.command", JobDefinition.command("echo", "a\0b"));
    work("an empty script", "work.script", JobDefinition.builder("s").script(" \n").build());
    work("a NUL in a script", "work.script", JobDefinition.builder("s").script("a\0").build());
    work(
        "a negative simulation",
        "work.duration",
        JobDefinition.builder("s").work(Work.simulated(Duration.ofSeconds(-1))).build());
    work(
        "a parameter without a value",
        "parameters",
        JobDefinition.builder("p").command("echo", "Ref::missing").build());
    definition("a parameter that nothing refers to", "parameters", b -> b.parameter("x", "1"));
  }

  private void names() {
    definition("a blank name", "name", b -> b.name(" "));
    definition("a NUL in the name", "name", b -> b.name("a\0b"));
    definition("a line break in the name", "name", b -> b.name("a\nb"));
    definition("a carriage return in the name", "name", b -> b.name("a\rb"));
    definition("a name that is too long", "name", b -> b.name("x".repeat(129)));
    definition("a blank image", "image", b -> b.image(""));
    definition("a line break in a path", "workingDirectory", b -> b.workingDirectory("/tmp/a\nb"));
    definition("an unknown pattern", "stdout", b -> b.stdout("out-%z"));
    request("an unknown queue", "queue", r -> r.queue("no-such-queue"));
    request("a blank queue", "queue", r -> r.queue(" "));
  }

  private void environment() {
    for (String name : List.of("HPC4J_MINE", "AWS_BATCH_JOB_ID", "1A", "A=B", "", "A B", "A\0")) {
      definition("the variable '" + name + "'", "environment", b -> b.environment(name, "x"));
    }
    definition("a NUL in a value", "environment", b -> b.environment("A", "x\0"));
    request("a reserved name on top", "environment", r -> r.environment("HPC4J_JOB_ID", "x"));
  }

  private void resources() {
    resources("no cpu", "resources.cpusPerTask", Resources.cpus(0));
    resources("negative cpus", "resources.cpusPerTask", Resources.cpus(-1));
    resources("no node", "resources.nodes", Resources.nodes(0));
    resources("negative nodes", "resources.nodes", Resources.nodes(-2));
    resources("no task", "resources.totalTasks", Resources.tasks(0));
    resources("no task on a node", "resources.tasksPerNode", Resources.nodes(1).tasksPerNode(0));
    resources("no memory", "resources.memory", Resources.cpus(1).memoryGiB(0));
    resources("negative memory", "resources.memory", Resources.cpus(1).memoryGiB(-1));
    resources("negative GPUs", "resources.gpus", Resources.cpus(1).gpus(-1));
    resources(
        "none of a consumable", "resources.consumables", Resources.cpus(1).consumable("x", 0));
    launched("three tasks on two nodes", "resources.totalTasks", Resources.nodes(2).totalTasks(3));
    launched(
        "eight tasks as two by two",
        "resources.totalTasks",
        Resources.nodes(2).tasksPerNode(2).totalTasks(8));
    resources("nodes without a launch", "launch", Resources.nodes(2));
    resources("more cpus than a node has", "resources", Resources.cpus(900_000));
    resources("more memory than a node has", "resources", Resources.cpus(1).memoryGiB(900_000));
    launched("more nodes than there are", "resources", Resources.nodes(900_000));
  }

  private void limits() {
    definition("no attempt", "retry.attempts", b -> b.retry(RetryPolicy.attempts(0)));
    definition("eleven attempts", "retry.attempts", b -> b.retry(RetryPolicy.attempts(11)));
    definition(
        "a retry of success",
        "retry.rules",
        b -> b.retry(RetryPolicy.attempts(2).retryOn(Reason.SUCCESS)));
    definition(
        "a memory limit of nothing",
        "retry.maxMemory",
        b -> b.retry(RetryPolicy.attempts(2).growMemoryUpTo(Memory.ofBytes(0))));
    definition(
        "a negative delay",
        "retry.delay",
        b -> b.retry(RetryPolicy.attempts(2).delay(Duration.ofSeconds(-1))));
    definition("a timeout of zero", "timeout", b -> b.timeout(Duration.ZERO));
    definition("a negative timeout", "timeout", b -> b.timeout(Duration.ofSeconds(-1)));
    request("a negative priority", "priority", r -> r.priority(-1));
    request("too high a priority", "priority", r -> r.priority(10_000));
    request(
        "no time to be scheduled in",
        "failIfUnschedulableFor",
        r -> r.failIfUnschedulableFor(Duration.ZERO));
    Instant now = cases.backend.time().instant();
    request(
        "a deadline before the begin",
        "deadline",
        r -> r.begin(now.plusSeconds(7200)).deadline(now.plusSeconds(3600)));
  }

  private void arrays() {
    request("an array of none", "array.size", r -> r.array(0));
    request("an array of less than none", "array.size", r -> r.array(-1));
    request("too large an array", "array.size", r -> r.array(JobRequest.MAX_ARRAY_SIZE + 1));
    request("an array without an index", "array", r -> r.array(IndexSet.empty()));
    request("too large an index", "array", r -> r.array(IndexSet.of(1, JobRequest.MAX_ARRAY_SIZE)));
    request("a throttle of none", "throttle", r -> r.array(2).throttle(0));
    request("a throttle without an array", "throttle", r -> r.throttle(1));
    request("a sequence without an array", "sequential", r -> r.sequential());
    request("a negative failure budget", "maxFailures", r -> r.array(2).maxFailures(-1));
    request("a failure budget without an array", "maxFailures", r -> r.maxFailures(1));
    request("fail-fast without an array", "failFast", r -> r.failFast());
  }

  private void dependencies() {
    Job job = cases.running(cases.submit(cases.endless("exists")));
    request("a dependency on an unknown job", "dependencies", r -> r.after(cases.unknownId()));
    request("a dependency said twice", "dependencies", r -> r.after(job, job));
    request("a dependency on a node", "dependencies", r -> r.after(job.id().onNode(0)));
    request("index by index without an array", "dependencies", r -> r.afterEach(job));
    request("index by index on no array", "dependencies", r -> r.array(2).afterEach(job));
    request(
        "index by index on one element",
        "dependencies",
        r -> r.array(2).dependency(new Dependency(Dependency.Kind.EACH, job.id().element(0))));
    if (cases.has(Capability.ARRAY)) {
      Job array = cases.occupy(2);
      request("index by index of unequal size", "dependencies", r -> r.array(3).afterEach(array));
      request(
          "a dependency on an element that is not there",
          "dependencies",
          r -> r.after(array.id().element(7)));
    }
  }

  private void work(String name, String field, JobDefinition definition) {
    all.add(new Bad(name, field, JobRequest.of(definition)));
  }

  private void definition(String name, String field, UnaryOperator<JobDefinition.Builder> wrong) {
    work(name, field, wrong.apply(cases.quick("bad").toBuilder()).build());
  }

  private void resources(String name, String field, Resources wrong) {
    definition(name, field, b -> b.resources(wrong));
  }

  private void launched(String name, String field, Resources wrong) {
    definition(name, field, b -> b.resources(wrong).launch(Launch.MAIN));
  }

  private void request(String name, String field, UnaryOperator<JobRequest.Builder> wrong) {
    JobRequest.Builder request = JobRequest.builder(cases.quick("bad"));
    all.add(new Bad(name, field, wrong.apply(request).build()));
  }
}
