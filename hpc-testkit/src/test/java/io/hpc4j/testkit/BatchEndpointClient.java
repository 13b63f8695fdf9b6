package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Asks an endpoint over HTTP, in the JSON that AWS's clients send, written with single quotes. */
final class BatchEndpointClient {
  static final String AUTHORIZATION =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/batch/aws4_request,"
          + " SignedHeaders=host;x-amz-date, Signature="
          + "0".repeat(64);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI url;

  BatchEndpointClient(URI url) {
    this.url = url;
  }

  static ObjectNode json(String text) {
    try {
      return (ObjectNode) MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(HttpResponse<byte[]> response) {
    try {
      return MAPPER.readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(url.resolve(path)).header("Authorization", AUTHORIZATION);
  }

  HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<byte[]> post(String operation, JsonNode body) throws IOException {
    return send(
        request("/v1/" + operation.toLowerCase(Locale.ROOT))
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** Calls an operation that has to succeed. */
  JsonNode call(String operation, JsonNode body) {
    try {
      HttpResponse<byte[]> response = post(operation, body);
      assertThat(response.statusCode())
          .as("%s %s: %s", operation, body, new String(response.body(), StandardCharsets.UTF_8))
          .isEqualTo(200);
      return parse(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode call(String operation, String body) {
    return call(operation, json(body));
  }

  /** Calls an operation that has to be refused as the client's fault; returns the message. */
  String refusal(String operation, JsonNode body) {
    try {
      HttpResponse<byte[]> response = post(operation, body);
      assertThat(response.statusCode()).as("%s %s", operation, body).isEqualTo(400);
      assertThat(response.headers().firstValue("x-amzn-ErrorType")).hasValue("ClientException");
      return parse(response).path("message").asText();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String refusal(String operation, String body) {
    return refusal(operation, json(body));
  }

  /** Calls CloudWatch Logs. */
  HttpResponse<byte[]> logs(String operation, String body) throws IOException {
    return send(
        request("/")
            .header("X-Amz-Target", "Logs_20140328." + operation)
            .POST(HttpRequest.BodyPublishers.ofString(json(body).toString()))
            .build());
  }

  JsonNode logEvents(String body) {
    try {
      HttpResponse<byte[]> response = logs("GetLogEvents", body);
      assertThat(response.statusCode()).isEqualTo(200);
      return parse(response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Registers a definition of a command with one vCPU. */
  void register(String name, String... command) {
    registerWith(name, "{}", command);
  }

  /** Registers a definition of a command, with more members. */
  void registerWith(String name, String more, String... command) {
    ObjectNode request =
        json(
            "{'type':'container','containerProperties':{'image':'busybox','resourceRequirements':"
                + "[{'type':'VCPU','value':'1'},{'type':'MEMORY','value':'512'}]}}");
    request.put("jobDefinitionName", name);
    for (String argument : command) {
      request.withObject("/containerProperties").withArray("command").add(argument);
    }
    request.setAll(json(more));
    call("RegisterJobDefinition", request);
  }

  /** Submits to the default queue; returns the id. */
  String submit(String definition) {
    return submit(definition, "{}");
  }

  String submit(String definition, String more) {
    return call("SubmitJob", submission(definition, more)).path("jobId").asText();
  }

  static ObjectNode submission(String definition, String more) {
    ObjectNode request = json("{'jobName':'job','jobQueue':'default'}");
    request.put("jobDefinition", definition);
    request.setAll(json(more));
    return request;
  }

  /** The description of one job; a missing node if there is none. */
  JsonNode describe(String id) {
    ObjectNode request = json("{}");
    request.putArray("jobs").add(id);
    return call("DescribeJobs", request).path("jobs").path(0);
  }

  String status(String id) {
    return describe(id).path("status").asText();
  }

  /** Asks until the answer is right; the test's own timeout bounds it. */
  JsonNode await(String id, Predicate<JsonNode> condition) {
    JsonNode job = describe(id);
    while (!condition.test(job)) {
      Thread.onSpinWait();
      job = describe(id);
    }
    return job;
  }

  JsonNode awaitStatus(String id, String... statuses) {
    return await(id, job -> List.of(statuses).contains(job.path("status").asText()));
  }

  JsonNode awaitEnd(String id) {
    return awaitStatus(id, "SUCCEEDED", "FAILED");
  }

  /** Lets virtual time run until nothing is left to do. */
  static void runOut(VirtualTime time) {
    while (time.hasWork() && time.step()) {
      // each step brings the end nearer
    }
  }
}
