package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Node;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** M: jobs on several nodes at once. */
abstract class MultiNodeCases extends Cases {
  @BeforeEach
  void needNodes() {
    needs(Capability.MULTI_NODE);
  }

  private JobDefinition on(int nodes, ContractWork work) {
    return fixture.work("gang", work).resources(Resources.nodes(nodes)).launch(launch()).build();
  }

  private JobDefinition quickOn(int nodes) {
    return on(nodes, ContractWork.quick());
  }

  private JobDefinition endlessOn(int nodes) {
    return on(nodes, ContractWork.endless());
  }

  @Test
  void M01_must_run_on_as_many_different_nodes_as_asked_for() {
    JobStatus status = end(submit(quickOn(3)));

    assertSucceeded(status);
    needs(Capability.NODES);
    assertThat(status.nodes()).hasSize(3).doesNotHaveDuplicates();
    assertThat(hpc.nodes()).extracting(Node::name).containsAll(status.nodes());
  }

  @Test
  void M02_must_fail_when_its_work_fails() {
    Job job = submit(on(2, ContractWork.quick().exit(6)));

    assertEnded(end(job), JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(job.status().exit().orElseThrow().code()).hasValue(6);
    assertThat(cpusInUse()).isZero();
  }

  @Test
  void M03_must_hold_all_its_nodes_or_none() {
    needs(Capability.NODES);
    Job blocker = occupy(fixture.parallel());
    int before = cpusInUse();

    Job gang = waiting(submit(endlessOn(fixture.nodes())), JobState.RUNNABLE);

    assertThat(gang.status().nodes()).isEmpty();
    assertThat(cpusInUse()).isEqualTo(before);
    blocker.element(0).cancel();
    end(blocker.element(0));
    gang.await(fixture.unit());
    assertThat(gang.state()).isEqualTo(JobState.RUNNABLE);
    assertThat(cpusInUse()).isLessThan(before);
    blocker.cancel();
    assertThat(running(gang).status().nodes()).hasSize(fixture.nodes());
  }

  @Test
  void M04_must_free_all_its_nodes_when_it_is_cancelled() {
    Job gang = running(submit(endlessOn(fixture.nodes())));

    gang.cancel("enough");

    assertEnded(end(gang), JobState.CANCELLED, Reason.CANCELLED);
    assertThat(cpusInUse()).isZero();
    assertSucceeded(end(submit(quickOn(fixture.nodes()))));
  }

  @Test
  void M05_must_run_one_gang_after_the_other_where_only_one_fits() {
    JobDefinition whole = on(fixture.nodes(), ContractWork.lasting(fixture.unit()));
    JobDefinition gang =
        whole.toBuilder()
            .resources(Resources.nodes(fixture.nodes()).cpusPerTask(fixture.cpusPerNode()))
            .build();
    List<Job> gangs = List.of(submit(gang), submit(gang), submit(gang));

    gangs.forEach(job -> assertSucceeded(end(job)));

    assertThat(mostAtOnce(gangs.stream().map(this::ask).toList())).isEqualTo(1);
  }

  @Test
  void M06_must_refuse_more_nodes_than_there_are() {
    needs(Capability.NODES);
    int tooMany = hpc.nodes().size() + 1;

    assertThat(refused(JobRequest.of(quickOn(tooMany))))
        .anyMatch(problem -> problem.field().startsWith("resources"));
  }

  @Test
  void M07_must_end_at_its_timeout_and_free_all_its_nodes() {
    needs(Capability.TIMEOUT);
    Job gang = submit(endlessOn(2), r -> r.timeout(fixture.shortestTimeout()));

    assertEnded(end(gang), JobState.FAILED, Reason.TIMEOUT);
    assertThat(cpusInUse()).isZero();
  }

  @Test
  void M08_must_run_an_array_of_gangs() {
    needs(Capability.ARRAY);
    Job array = submit(quickOn(2), r -> r.array(3));

    assertSucceeded(end(array));

    needs(Capability.NODES);
    askElements(array)
        .forEach(element -> assertThat(element.nodes()).hasSize(2).doesNotHaveDuplicates());
  }

  @Test
  void M09_must_run_several_tasks_on_a_node() {
    needs(Capability.LAUNCH_PER_TASK, Capability.NODES);
    JobDefinition tasks =
        fixture
            .work("tasks", ContractWork.endless())
            .resources(Resources.nodes(2).tasksPerNode(2).memoryGiB(1))
            .launch(Launch.PER_TASK)
            .build();
    Job job = running(submit(tasks));

    assertThat(job.status().nodes()).hasSize(2);
    assertThat(cpusInUse()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void M10_must_count_a_main_program_once() {
    needs(Capability.LAUNCH_MAIN);
    JobDefinition main =
        fixture
            .work("main", ContractWork.quick().exit(9))
            .resources(Resources.nodes(2))
            .launch(Launch.MAIN)
            .build();

    JobStatus status = end(submit(main));

    assertEnded(status, JobState.FAILED, Reason.NON_ZERO_EXIT);
    assertThat(status.exit().orElseThrow().code()).hasValue(9);
  }
}
