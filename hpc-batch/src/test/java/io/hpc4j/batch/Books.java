package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.testkit.BatchEndpoint;
import io.hpc4j.testkit.ContractWork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Numbered jobs of six kinds, and what they should come to in the endpoint's own books: each of
 * AWS's jobs with its token, part, attempt and end, once.
 */
final class Books {
  private static final int KINDS = 6;

  private final List<String> expected = new ArrayList<>();

  /**
   * A job of a kind that its number decides, named after it.
   *
   * @param of the ids of those before it, for the kind that waits for one
   */
  static JobRequest request(int number, Map<Integer, JobId> of) {
    ContractWork work = ContractWork.lasting(Duration.ofMinutes(number % 7));
    RetryPolicy twice = RetryPolicy.attempts(2);
    return switch (number % KINDS) {
      case 0 -> JobRequest.of(definition(number, work).build());
      case 1 -> JobRequest.of(definition(number, work.exit(3)).build());
      case 2 ->
          JobRequest.builder(definition(number, work.exit(3).inElements(1)).build())
              .array(3)
              .build();
      case 3 -> // by AWS
          JobRequest.of(definition(number, work.exit(3).inAttempts(1)).retry(twice).build());
      case 4 -> // by the program
          JobRequest.of(
              definition(number, work.exit(3).inAttempts(1))
                  .retry(twice.retryOn(Reason.NON_ZERO_EXIT))
                  .build());
      default ->
          JobRequest.builder(definition(number, work).build())
              .after(Objects.requireNonNull(of.get(number - 1)))
              .build();
    };
  }

  private static JobDefinition.Builder definition(int number, ContractWork work) {
    return JobDefinition.builder("job-" + number).command(work.command());
  }

  /** The number of a job of that name. */
  static int number(String name) {
    return Integer.parseInt(name.substring(name.indexOf('-') + 1));
  }

  /** How such a job ends. */
  static JobState end(int number) {
    return List.of(1, 2).contains(number % KINDS) ? JobState.FAILED : JobState.SUCCEEDED;
  }

  /** Checks what a client says of a job, element by element; expects the same of the books. */
  void check(int number, Job job) {
    assertThat(job.state()).as("job %s: %s", number, job.status()).isEqualTo(end(number));
    if (number % KINDS == 2) {
      assertThat(job.indices(JobState.FAILED)).as("job %s", number).isEqualTo(IndexSet.of(1));
      assertThat(job.indices(JobState.SUCCEEDED)).as("job %s", number).isEqualTo(IndexSet.of(0, 2));
    } else {
      assertThat(job.attempts()).as("job %s", number).hasSize(attempts(number));
    }
    if (number % KINDS == 4) {
      expected.add(line(job.id().token(), 0, 1, "FAILED"));
      expected.add(line(job.id().token(), 1, 2, "SUCCEEDED"));
    } else {
      expected.add(line(job.id().token(), 0, 1, end(number).name()));
    }
  }

  private static int attempts(int number) {
    return List.of(3, 4).contains(number % KINDS) ? 2 : 1;
  }

  private static String line(String token, int part, int attempt, String status) {
    return token + " " + part + " " + attempt + " " + status;
  }

  /** Compares: nothing is missing, twice, of nobody, or has another end. */
  void compare(BatchEndpoint endpoint) {
    assertThat(endpoint.jobs().stream().map(Books::line).toList())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static String line(BatchEndpoint.Entry entry) {
    NativeName name = NativeName.parse(entry.name()).orElseThrow();
    return line(name.token(), name.part(), name.attempt(), entry.status());
  }
}
