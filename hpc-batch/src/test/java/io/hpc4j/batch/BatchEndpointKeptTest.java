package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.JobState;
import io.hpc4j.model.WaitReason;
import io.hpc4j.testkit.ContractWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an earlier program has kept is kept by the next, and sent once. */
class BatchEndpointKeptTest extends EndpointCases {
  private static final Duration MINUTES = Duration.ofMinutes(10);

  private Path store() {
    return directory.resolve("store");
  }

  private JobClient program() {
    return client(
        JobClient.builder(EndpointFixture.builder(fixture.client(), fixture.time()).build())
            .store(JobStore.file(store()))
            .build());
  }

  private Job resumed() {
    List<Job> jobs = program().resume();
    assertThat(jobs).isNotEmpty();
    return jobs.get(jobs.size() - 1);
  }

  private void assertSentOnce(Job job) {
    assertThat(end(job).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(sent(job)).isEqualTo(1);
  }

  /** How many of AWS's jobs carried it, those that never ran left out. */
  private long sent(Job job) {
    return endpoint.jobs().stream()
        .filter(entry -> entry.name().contains(job.id().token()))
        .filter(entry -> entry.status().equals("SUCCEEDED"))
        .count();
  }

  private void full(JobClient client) {
    int all = fixture.nodes() * fixture.cpusPerNode();
    client.submit(endless("blocker"), r -> r.array(all));
    pass(MINUTES);
  }

  private void makeRoom() {
    String id = endpoint.jobs().get(0).id();
    fixture.client().terminateJob(r -> r.jobId(id).reason("makes room"));
  }

  @Test
  void a_held_job_stays_held() {
    JobClient killed = program();
    killed.submit(quick("held"), r -> r.array(3).hold());
    killed.close();

    Job job = resumed();
    pass(Duration.ofDays(8)); // longer than AWS keeps what has ended

    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(job.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    assertThat(endpoint.jobs()).isEmpty();
    job.release();
    assertSentOnce(job);
  }

  @Test
  void a_held_job_that_is_taken_up_after_a_long_time_is_not_lost() {
    JobClient killed = program();
    killed.submit(quick("held"), r -> r.hold());
    killed.close();
    pass(Duration.ofDays(8));

    Job job = resumed();
    pass(MINUTES);
    job.release();

    assertSentOnce(job);
  }

  @Test
  void a_job_that_begins_after_a_long_time_is_not_lost() {
    Instant begin = fixture.time().instant().plus(Duration.ofDays(9));
    JobClient killed = program();
    killed.submit(quick("later"), r -> r.begin(begin));
    killed.close();
    pass(Duration.ofDays(8));

    Job job = resumed();
    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    pass(Duration.ofDays(1));

    assertSentOnce(job);
  }

  /** It may have been sent by the earlier program, so it is looked for first. */
  @Test
  void a_job_whose_time_has_come_meanwhile_is_sent_once() throws IOException {
    JobClient killed = program();
    killed.submit(quick("later"), r -> r.begin(fixture.time().instant().plus(MINUTES)));
    Map<Path, byte[]> noted = read();
    pass(MINUTES);
    assertThat(endpoint.jobs()).hasSize(1);
    killed.close();
    write(noted);

    assertSentOnce(resumed());
    assertThat(endpoint.jobs()).hasSize(1);
  }

  @Test
  void a_job_whose_time_came_while_no_program_ran_is_sent() {
    JobClient killed = program();
    killed.submit(quick("later"), r -> r.begin(fixture.time().instant().plus(MINUTES)));
    killed.close();
    pass(HOUR);

    assertSentOnce(resumed());
  }

  @Test
  void what_an_earlier_program_has_released_is_not_held() {
    JobClient killed = program();
    Job first = killed.submit(endless("first"));
    Job second = killed.submit(quick("second"), r -> r.afterEnd(first).hold());
    second.release();
    killed.close();

    Job job = resumed();
    makeRoom();

    assertSentOnce(job);
  }

  @Test
  void what_an_earlier_program_has_held_later_is_held() {
    JobClient killed = program();
    Job first = killed.submit(endless("first"));
    Job second = killed.submit(quick("second"), r -> r.afterEnd(first));
    second.hold();
    killed.close();

    Job job = resumed();
    makeRoom();
    pass(HOUR);

    assertThat(job.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    job.release();
    assertSentOnce(job);
  }

  @Test
  void what_was_taken_back_from_aws_stays_so() {
    JobClient killed = program();
    full(killed);
    Job taken = killed.submit(quick("taken back"));
    taken.hold();
    killed.close();

    Job job = resumed();
    makeRoom();
    pass(HOUR);

    assertThat(job.refresh().state()).isEqualTo(JobState.PENDING);
    assertThat(job.explain()).map(WaitReason::kind).contains(WaitReason.Kind.HELD);
    job.release();
    assertSentOnce(job);
  }

  /** AWS ends it when it has nothing to wait for any more. */
  @Test
  void what_was_taken_back_while_aws_let_it_wait_is_sent_again_by_the_next_program() {
    JobClient killed = program();
    Job first = killed.submit(fixture.work("first", ContractWork.lasting(HOUR)).build());
    Job second = killed.submit(quick("second"), r -> r.after(first));
    second.hold();
    second.release();
    killed.close();

    assertSentOnce(resumed());
  }

  @Test
  void what_was_sent_again_and_could_not_be_noted_is_not_sent_a_third_time() throws IOException {
    JobClient killed = program();
    full(killed);
    Job taken = killed.submit(quick("sent again"), r -> r.array(3));
    taken.hold();
    pass(MINUTES);
    assertThat(taken.refresh().state()).isEqualTo(JobState.PENDING);
    Map<Path, byte[]> noted = read();
    taken.release();
    assertThat(endpoint.jobs()).hasSize(3);
    killed.close();
    write(noted);

    Job job = resumed();
    job.release();
    makeRoom();

    assertSentOnce(job);
    assertThat(endpoint.jobs()).hasSize(3);
  }

  private Map<Path, byte[]> read() throws IOException {
    Map<Path, byte[]> files = new HashMap<>();
    try (Stream<Path> all = Files.list(store())) {
      for (Path file : all.toList()) {
        files.put(file, Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void write(Map<Path, byte[]> files) throws IOException {
    for (Map.Entry<Path, byte[]> file : files.entrySet()) {
      Files.write(file.getKey(), file.getValue());
    }
  }
}
