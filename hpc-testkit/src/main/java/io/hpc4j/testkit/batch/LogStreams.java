package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * CloudWatch Logs, as far as jobs write to it: one stream for each attempt that has begun, and on
 * each node or from each container. Lines carry the time at which their attempt began, for output
 * has no other. Owned by the turns.
 */
final class LogStreams {
  private static final String GROUP = "/aws/batch/job";
  private static final int MOST_EVENTS = 10_000;

  private final NavigableMap<String, Stream> byName = new TreeMap<>();

  private record Stream(BatchJob job, JobAttempt attempt, int part, Instant begin) {}

  /** Reads what a part of an attempt has written. */
  @FunctionalInterface
  interface Output {
    String of(BatchJob job, JobAttempt attempt, int part);
  }

  private static ApiException notFound(String what) {
    return new ApiException(
        400, "ResourceNotFoundException", "The specified " + what + " does not exist.");
  }

  private static void checkGroup(ObjectNode request) {
    String group = Json.text(request, "logGroupName", GROUP);
    if (!group.equals(GROUP)) {
      throw notFound("log group");
    }
  }

  void started(BatchJob job, JobAttempt attempt, Instant begin) {
    for (int part = 0; part < job.submitted.containers().size(); part++) {
      byName.put(job.logStream(attempt, part), new Stream(job, attempt, part, begin));
    }
  }

  void forget(BatchJob job) {
    for (JobAttempt attempt : job.attempts) {
      for (int part = 0; part < job.submitted.containers().size(); part++) {
        byName.remove(job.logStream(attempt, part));
      }
    }
    job.children.forEach(this::forget);
  }

  ObjectNode describe(ObjectNode request) {
    checkGroup(request);
    String prefix = Json.text(request, "logStreamNamePrefix", "");
    List<String> names = new ArrayList<>();
    byName.tailMap(prefix).keySet().stream()
        .takeWhile(name -> name.startsWith(prefix))
        .forEach(names::add);
    if (request.path("descending").asBoolean()) {
      Collections.reverse(names);
    }
    int limit = Json.integer(request, "limit", 50);
    Page<String> page = Page.of(names, request, limit);
    ObjectNode reply = Json.object();
    ArrayNode streams = reply.putArray("logStreams");
    for (String name : page.items()) {
      Stream stream = byName.get(name);
      if (stream != null) {
        streams
            .addObject()
            .put("logStreamName", name)
            .put("creationTime", stream.begin().toEpochMilli());
      }
    }
    Json.putText(reply, "nextToken", page.nextToken());
    return reply;
  }

  /** A page of lines; at either end the token is the one that was given, as there is no more. */
  ObjectNode events(ObjectNode request, Output output) {
    checkGroup(request);
    Stream stream = byName.get(Json.text(request, "logStreamName", ""));
    if (stream == null) {
      throw notFound("log stream");
    }
    List<String> lines =
        isAsked(stream.begin().toEpochMilli(), request)
            ? output.of(stream.job(), stream.attempt(), stream.part()).lines().toList()
            : List.of();
    int limit = Math.min(MOST_EVENTS, Math.max(1, Json.integer(request, "limit", MOST_EVENTS)));
    int from = first(request, lines.size(), limit);
    int to = Math.min(lines.size(), from + limit);
    ObjectNode reply = Json.object();
    ArrayNode events = reply.putArray("events");
    long time = stream.begin().toEpochMilli();
    for (String line : lines.subList(from, to)) {
      events.addObject().put("timestamp", time).put("message", line).put("ingestionTime", time);
    }
    return reply.put("nextForwardToken", "f/" + to).put("nextBackwardToken", "b/" + from);
  }

  private static boolean isAsked(long time, ObjectNode request) {
    return time >= request.path("startTime").asLong(0)
        && time < request.path("endTime").asLong(Long.MAX_VALUE);
  }

  private static int first(ObjectNode request, int size, int limit) {
    String token = Json.text(request, "nextToken", "");
    if (token.isEmpty()) {
      boolean head = request.path("startFromHead").asBoolean();
      return head ? 0 : Math.max(0, size - limit);
    }
    try {
      int place = Integer.parseInt(token.substring(2));
      int first = token.startsWith("b/") ? place - limit : place;
      return Math.max(0, Math.min(size, first));
    } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
      throw new ApiException(
          400, "InvalidParameterException", "The specified nextToken is invalid: " + token);
    }
  }
}
