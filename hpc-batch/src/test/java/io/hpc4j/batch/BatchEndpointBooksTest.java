package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.JobStore;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.ContractWork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.batch.BatchClient;

/**
 * Much that goes wrong at once, and programs that are killed: no job may be lost, taken twice or
 * given a wrong ending. The endpoint's own books are the judge. Small numbers by default; the page
 * on reliability has the larger ones.
 */
class BatchEndpointBooksTest extends EndpointCases {
  private static final int TENTHS = 10;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final Books books = new Books();

  @Test
  @Timeout(3600)
  void many_faults_at_once_lose_no_job_and_double_none() {
    int tenth = Integer.getInteger("hpc4j.batch.submissions", 100) / TENTHS;
    List<String> told = new ArrayList<>();
    JobClient hpc = client(program(b -> fixture.builder(prompt()).scope("books")));
    hpc.onEvent(
        event -> {
          if (event instanceof JobEvent.StateChanged change
              && change.status().state().isEnded()
              && change.status().id().index().isEmpty()) {
            told.add(change.status().id().token() + " " + change.status().state());
          }
        });
    List<Job> jobs = new ArrayList<>();
    Map<Integer, JobId> ids = new HashMap<>();
    endpoint.faults().loseEveryReply(TENTHS);

    for (int i = 0; i < TENTHS * tenth; i++) {
      if (i % tenth == 0) {
        begin(i / tenth);
      }
      Job job = LastingProgram.submit(hpc, Books.request(i, ids));
      jobs.add(job);
      ids.put(i, job.id());
      pass(MINUTE.dividedBy(tenth));
    }
    endpoint.faults().throttleFraction(0);
    hpc.awaitAll(jobs);

    for (int i = 0; i < jobs.size(); i++) {
      books.check(i, jobs.get(i));
    }
    books.compare(endpoint);
    assertThat(told)
        .containsExactlyInAnyOrderElementsOf(
            jobs.stream().map(job -> job.id().token() + " " + job.state()).toList());
    assertThat(calls("RegisterJobDefinition")).isLessThanOrEqualTo(4);
  }

  /** A client that asks again at once, in virtual time nothing would change meanwhile. */
  private BatchClient prompt() {
    RetryStrategy atOnce =
        DefaultRetryStrategy.legacyStrategyBuilder()
            .backoffStrategy(BackoffStrategy.retryImmediately())
            .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
            .build();
    return fixture.client(c -> c.retryStrategy(atOnce));
  }

  /** What goes wrong in a minute; replies are lost in each. */
  private void begin(int minute) {
    endpoint.faults().throttleFraction(minute == 5 ? 0.5 : 0);
    endpoint.faults().lateVisibility(Duration.ofSeconds(minute % 3 == 1 ? 40 : 0));
    endpoint.faults().fail(minute % 2 == 1 ? 3 : 0);
  }

  @Test
  @Timeout(3600)
  void a_program_that_is_killed_and_started_again_goes_on_with_all_its_jobs() throws Exception {
    int kills = Integer.getInteger("hpc4j.batch.kills", 3);
    int jobs = 10 * kills;
    Random random = new Random(1);
    endpoint.faults().loseEveryReply(TENTHS);
    int killed = 0;
    while (!LastingProgram.killAfter(
        LastingProgram.start(endpoint.url(), folder, jobs, fixture.time().instant()),
        killed < kills ? 1 + random.nextInt(20) : Integer.MAX_VALUE)) {
      killed++;
      assertThat(killed).as("%s", errors()).isLessThanOrEqualTo(kills);
      pass(MINUTE);
    }
    assertThat(killed).as("%s", errors()).isEqualTo(kills);

    JobClient last = client(keeping());
    List<Job> resumed = last.resume();
    last.awaitAll(resumed);

    Map<Integer, JobId> accepted = LastingProgram.accepted(folder);
    assertThat(accepted).hasSize(jobs);
    assertThat(resumed).allSatisfy(job -> assertThat(accepted).containsValue(job.id()));
    accepted.forEach((number, id) -> books.check(number, last.job(id)));
    books.compare(endpoint);
  }

  @Test
  void a_program_that_knows_only_ids_finds_what_a_killed_one_has_sent() throws Exception {
    Process program = LastingProgram.start(endpoint.url(), folder, 6, fixture.time().instant());
    assertThat(LastingProgram.killAfter(program, Integer.MAX_VALUE)).as(errors()).isTrue();

    JobClient other = client(EndpointFixture.builder(fixture.client(), fixture.time()).build());
    LastingProgram.accepted(folder)
        .forEach(
            (number, id) -> {
              // further attempts and what waits for them are the work of the program that is gone
              if (number < 4) {
                books.check(number, end(other.job(JobId.parse(id.text()))));
              }
            });

    assertThat(endpoint.jobs().subList(0, 4))
        .extracting(entry -> JobState.valueOf(entry.status()))
        .containsExactly(Books.end(0), Books.end(1), Books.end(2), Books.end(3));
  }

  /** What had only just been sent when a program was killed is not in its store. */
  @Test
  void an_attempt_that_a_killed_program_could_not_note_is_not_made_again() throws IOException {
    RetryPolicy later = RetryPolicy.attempts(2).delay(MINUTE.multipliedBy(30));
    ContractWork work = ContractWork.quick().exit(3).inElements(1, 2);
    JobClient killed = client(keeping());
    Job array = killed.submit(fixture.work("elements", work).retry(later).build(), r -> r.array(4));
    Map<Path, byte[]> noted = read(LastingProgram.store(folder));
    pass(MINUTE.multipliedBy(40));
    assertThat(endpoint.jobs()).hasSize(2);
    killed.close();
    write(noted);

    Job resumed = end(client(keeping()).resume().get(0));

    assertThat(resumed.id()).isEqualTo(array.id());
    assertThat(resumed.indices(JobState.FAILED)).isEqualTo(IndexSet.of(1, 2));
    assertThat(resumed.element(1).attempts()).hasSize(2);
    assertThat(endpoint.jobs()).hasSize(2);
  }

  private static Map<Path, byte[]> read(Path store) throws IOException {
    Map<Path, byte[]> files = new HashMap<>();
    try (Stream<Path> all = Files.list(store)) {
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

  @Test
  void what_waits_in_a_program_for_others_is_sent_by_the_next() {
    JobClient killed = client(keeping());
    RetryPolicy own = RetryPolicy.attempts(2).retryOn(Reason.NON_ZERO_EXIT);
    Job first = killed.submit(failing("first").toBuilder().retry(own).build());
    Job second = killed.submit(quick("second"), r -> r.after(first));
    assertThat(endpoint.jobs()).hasSize(1);
    killed.close();

    List<Job> resumed = client(keeping()).resume();

    assertThat(resumed).extracting(Job::id).containsExactly(first.id(), second.id());
    assertThat(end(resumed.get(1)).status().reason()).contains(Reason.DEPENDENCY_FAILED);
    assertThat(resumed.get(0).attempts()).hasSize(2);
  }

  private JobClient keeping() {
    return JobClient.builder(EndpointFixture.builder(fixture.client(), fixture.time()).build())
        .store(JobStore.file(LastingProgram.store(folder)))
        .build();
  }

  private String errors() throws Exception {
    Path file = folder.resolve("errors");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
