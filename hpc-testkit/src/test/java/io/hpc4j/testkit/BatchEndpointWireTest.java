package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.time.Phase;
import java.io.IOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The wire, and what goes wrong on it on demand. */
@Timeout(60)
class BatchEndpointWireTest {
  private final BatchEndpointLab lab = new BatchEndpointLab();
  private final BatchEndpointClient aws = lab.aws;
  private final BatchFaults faults = lab.endpoint.faults();

  @AfterEach
  void close() {
    lab.close();
  }

  private HttpResponse<byte[]> describeQueues() throws IOException {
    return aws.post("DescribeJobQueues", BatchEndpointLab.json("{}"));
  }

  private static String error(HttpResponse<byte[]> response) {
    return response.statusCode() + " " + response.headers().firstValue("x-amzn-ErrorType").get();
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Nested
  class Requests {
    @Test
    void an_unsigned_request_is_refused() throws IOException {
      HttpResponse<byte[]> response =
          aws.send(
              HttpRequest.newBuilder(lab.endpoint.url().resolve("/v1/describejobqueues"))
                  .POST(BodyPublishers.ofString("{}"))
                  .build());

      assertThat(error(response)).isEqualTo("403 MissingAuthenticationTokenException");
    }

    @Test
    void a_signature_for_another_service_or_without_form_is_refused() throws IOException {
      for (String header :
          List.of("Bearer x", BatchEndpointClient.AUTHORIZATION.replace("/batch/", "/s3/"))) {
        HttpResponse<byte[]> response =
            aws.send(
                aws.request("/v1/describejobqueues")
                    .setHeader("Authorization", header)
                    .POST(BodyPublishers.ofString("{}"))
                    .build());

        assertThat(error(response)).isEqualTo("403 IncompleteSignatureException");
      }
    }

    @Test
    void what_is_no_json_or_no_operation_is_refused() throws IOException {
      HttpResponse<byte[]> text =
          aws.send(aws.request("/v1/submitjob").POST(BodyPublishers.ofString("no json")).build());
      HttpResponse<byte[]> unknown = aws.post("FrobnicateJob", BatchEndpointLab.json("{}"));

      assertThat(error(text)).isEqualTo("400 ClientException");
      assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void what_is_not_asked_as_it_should_be_is_refused_in_json() throws IOException {
      String tags = "/v1/tags/arn%3Aaws%3Abatch%3Aus-east-1%3A1%3Ajob%2Fx";
      for (HttpRequest.Builder request :
          List.of(
              aws.request("/"),
              aws.request("/v1/"),
              aws.request("/v2/submitjob").POST(BodyPublishers.ofString("{}")),
              aws.request("/v1/submitjob"),
              aws.request("/v1/submitjob").PUT(BodyPublishers.ofString("{}")),
              aws.request("/v1/submitjob").DELETE(),
              aws.request(tags).PUT(BodyPublishers.ofString("{}")),
              aws.request("/").header("X-Amz-Target", "Other.Thing").DELETE())) {
        HttpResponse<byte[]> response = aws.send(request.build());

        assertThat(error(response)).isEqualTo("404 UnknownOperationException");
        assertThat(BatchEndpointLab.json(text(response)).path("message").asText())
            .contains("no operation");
      }
    }

    @Test
    void the_head_of_a_refusal_is_sent_alone() throws IOException {
      HttpResponse<byte[]> response =
          aws.send(aws.request("/v1/submitjob").method("HEAD", BodyPublishers.noBody()).build());

      assertThat(error(response)).isEqualTo("404 UnknownOperationException");
      assertThat(response.body()).isEmpty();
    }

    @Test
    void bodies_that_are_no_object_are_refused() throws IOException {
      for (String body :
          List.of(
              "[]", "1", "{", "{} {}", "{'a':}", "nonsense", "[".repeat(100_000), "{\"a\":1e}")) {
        HttpResponse<byte[]> response =
            aws.send(aws.request("/v1/listjobs").POST(BodyPublishers.ofString(body)).build());

        assertThat(error(response)).isEqualTo("400 ClientException");
        assertThat(text(response)).contains("The request body is not ");
      }
    }

    @Test
    void a_body_of_more_than_a_mebibyte_is_refused_and_what_follows_is_answered()
        throws IOException {
      String large = "{\"a\":\"" + "x".repeat(5 << 20) + "\"}";

      HttpResponse<byte[]> response =
          aws.send(aws.request("/v1/listjobs").POST(BodyPublishers.ofString(large)).build());

      assertThat(error(response)).isEqualTo("413 RequestEntityTooLargeException");
      assertThat(describeQueues().statusCode()).isEqualTo(200);
    }

    @Test
    void an_address_that_cannot_be_decoded_is_refused() throws IOException {
      try (Socket socket = new Socket(lab.endpoint.url().getHost(), lab.endpoint.url().getPort())) {
        String request =
            "GET /v1/tags/x?tagKeys=%zz HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + BatchEndpointClient.AUTHORIZATION
                + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("HTTP/1.1 400 ");
      }
    }

    @Test
    void tags_are_added_listed_and_removed() throws IOException {
      String job = aws.submit("sleep10", "{'tags':{'a':'1'}}");
      String path =
          "/v1/tags/"
              + URLEncoder.encode(
                  "arn:aws:batch:us-east-1:123456789012:job/" + job, StandardCharsets.UTF_8);
      aws.send(aws.request(path).POST(BodyPublishers.ofString("{\"tags\":{\"b\":\"2\"}}")).build());
      aws.send(aws.request(path + "?tagKeys=a&tagKeys=c").DELETE().build());

      HttpResponse<byte[]> tags = aws.send(aws.request(path).GET().build());

      assertThat(new String(tags.body(), StandardCharsets.UTF_8))
          .isEqualTo("{\"tags\":{\"b\":\"2\"}}");
      assertThat(aws.describe(job).path("tags").path("b").asText()).isEqualTo("2");
    }

    @Test
    void a_request_inside_an_action_of_virtual_time_is_answered() {
      String job = aws.submit("sleep60");
      List<String> seen = new ArrayList<>();
      lab.time.schedule(Duration.ofSeconds(30), Phase.MONITOR, () -> seen.add(aws.status(job)));
      lab.time.schedule(
          Duration.ofSeconds(31), Phase.SUBMIT, () -> seen.add(aws.status(aws.submit("sleep10"))));

      lab.pass(100);

      assertThat(seen).containsExactly("RUNNING", "RUNNABLE");
      assertThat(lab.endpoint.jobs())
          .extracting(BatchEndpoint.Entry::status)
          .containsExactly("SUCCEEDED", "SUCCEEDED");
    }

    @Test
    void requests_from_many_threads_are_all_accepted_while_time_passes() {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Thread thread =
            new Thread(
                () -> {
                  BatchEndpointClient mine = new BatchEndpointClient(lab.endpoint.url());
                  for (int j = 0; j < 50; j++) {
                    mine.submit("sleep10");
                  }
                });
        thread.start();
        threads.add(thread);
      }
      while (threads.stream().anyMatch(Thread::isAlive)) {
        lab.time.advance(Duration.ofMillis(1)); // in larger steps the week would pass
      }
      lab.runOut();

      assertThat(lab.endpoint.jobs())
          .hasSize(200)
          .allMatch(job -> job.status().equals("SUCCEEDED"));
    }
  }

  @Nested
  class Faults_on_demand {
    @Test
    void a_lost_reply_has_taken_effect() throws IOException {
      faults.loseReplies(1);

      assertThatThrownBy(
              () -> aws.post("SubmitJob", BatchEndpointClient.submission("sleep10", "{}")))
          .isInstanceOf(IOException.class);

      assertThat(lab.endpoint.jobs()).hasSize(1);
      aws.submit("sleep10");
      assertThat(lab.endpoint.jobs()).hasSize(2);
      assertThat(lab.endpoint.jobs().get(0).name()).isEqualTo("job");
    }

    @Test
    void each_third_reply_is_lost() {
      faults.loseEveryReply(3);
      aws.submit("sleep10");
      aws.submit("sleep10");

      assertThatThrownBy(
              () -> aws.post("SubmitJob", BatchEndpointClient.submission("sleep10", "{}")))
          .isInstanceOf(IOException.class);
      aws.submit("sleep10");
    }

    @Test
    void throttling_by_count_by_time_and_by_fraction() throws IOException {
      faults.throttle(1);
      assertThat(error(describeQueues())).isEqualTo("429 TooManyRequestsException");
      assertThat(describeQueues().statusCode()).isEqualTo(200);

      faults.throttleFor(Duration.ofSeconds(5));
      assertThat(describeQueues().statusCode()).isEqualTo(429);
      lab.pass(5);
      assertThat(describeQueues().statusCode()).isEqualTo(200);

      faults.throttleFraction(1);
      assertThat(describeQueues().statusCode()).isEqualTo(429);
      faults.none();
      assertThat(describeQueues().statusCode()).isEqualTo(200);
      assertThat(faults.calls("DescribeJobQueues")).isEqualTo(6);
    }

    @Test
    void fifty_submissions_a_second_and_no_more() throws IOException {
      faults.submitsPerSecond(50);
      for (int i = 0; i < 50; i++) {
        aws.submit("sleep10");
      }
      assertThat(
              aws.post("SubmitJob", BatchEndpointClient.submission("sleep10", "{}")).statusCode())
          .isEqualTo(429);
      lab.pass(1);
      aws.submit("sleep10");

      assertThat(lab.endpoint.jobs()).hasSize(51);
    }

    @Test
    void a_failure_has_no_effect() throws IOException {
      faults.fail(1);

      HttpResponse<byte[]> response =
          aws.post("SubmitJob", BatchEndpointClient.submission("sleep10", "{}"));

      assertThat(error(response)).isEqualTo("500 ServerException");
      assertThat(lab.endpoint.jobs()).isEmpty();
    }

    @Test
    void an_answer_comes_later_and_the_endpoint_s_close_ends_the_waiting() {
      faults.slowAnswers(Duration.ofHours(1));
      CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> aws.submit("sleep10"));
      while (faults.calls("SubmitJob") == 0) {
        Thread.onSpinWait();
      }
      faults.slowAnswers(Duration.ZERO);
      String quick = aws.submit("sleep10");
      assertThat(slow).isNotDone();
      assertThat(lab.endpoint.jobs()).extracting(BatchEndpoint.Entry::id).containsExactly(quick);

      lab.endpoint.close();

      assertThat(slow).failsWithin(Duration.ofSeconds(30));
      assertThat(lab.endpoint.jobs()).hasSize(1);
    }

    @Test
    void an_answer_that_has_waited_long_enough_is_right() {
      faults.slowAnswers(Duration.ofMillis(1));

      assertThat(aws.status(aws.submit("sleep10"))).isEqualTo("RUNNABLE");
    }

    @Test
    void new_jobs_are_late_in_descriptions_and_listings() {
      faults.lateVisibility(Duration.ofSeconds(30));
      String job = aws.submit("sleep60");
      assertThat(lab.time.hasWork()).isTrue();
      String list = "{'jobQueue':'default','filters':[{'name':'JOB_NAME','values':['job']}]}";
      lab.pass(29);
      assertThat(aws.describe(job).isMissingNode()).isTrue();
      assertThat(aws.call("ListJobs", list).path("jobSummaryList")).isEmpty();
      lab.pass(1);
      assertThat(aws.status(job)).isEqualTo("RUNNING");
      assertThat(aws.call("ListJobs", list).path("jobSummaryList")).hasSize(1);
    }

    @Test
    void strange_words_missing_exit_codes_and_expired_jobs() {
      String job = aws.submit("fails");
      lab.runOut();
      faults.unknownStatuses(true).missingExitCodes(true);

      JsonNode told = aws.describe(job);
      assertThat(told.path("status").asText()).isEqualTo("HIBERNATING");
      assertThat(told.findValue("exitCode")).isNull();
      faults.none().expire(job);

      assertThat(aws.describe(job).isMissingNode()).isTrue();
      assertThatThrownBy(() -> faults.expire(job)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
