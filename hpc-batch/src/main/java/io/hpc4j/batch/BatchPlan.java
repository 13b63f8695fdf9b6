package io.hpc4j.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.hpc4j.batch.request.CanonicalJson;
import io.hpc4j.batch.request.DefinitionCache;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.batch.request.Sizes;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.spi.PlanNotes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;

/** Tells what would be sent to AWS Batch, and where that differs from the request. Pure. */
final class BatchPlan {
  private static final ObjectMapper PRETTY =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private BatchPlan() {}

  /**
   * Tells it of a job.
   *
   * @param shares whether its queue has shares
   * @param waitsHere whether this program waits for what it depends on
   */
  static Plan of(
      BatchJob job,
      List<NativeJob> parts,
      boolean shares,
      boolean waitsHere,
      Capabilities capabilities) {
    JobRequest request = Objects.requireNonNull(job.request);
    boolean fargate = Objects.requireNonNull(job.form).fargate();
    List<Note> notes =
        PlanNotes.of(BatchOptions.BACKEND, request, job.queue, Optional.empty(), capabilities);
    notes.removeIf(note -> note.field().equals("stdout"));
    Sizes.rounded(request, fargate)
        .forEach((field, text) -> notes.add(new Note(Kind.ROUNDED, field, text)));
    request
        .effective()
        .timeout()
        .filter(t -> !Duration.ofSeconds(RequestMapper.seconds(t)).equals(t))
        .ifPresent(
            t ->
                notes.add(
                    new Note(
                        Kind.ROUNDED, "timeout", t + " to " + RequestMapper.seconds(t) + " s")));
    retries(job, request, notes);
    if (waitsHere) {
      String text = "it is kept by this program until then, as AWS would not wait for all of that";
      notes.add(new Note(Kind.ENDS_WITH_CLIENT, "dependencies", text));
    }
    if (parts.size() > 1) {
      notes.add(new Note(Kind.EMULATED, "array", "by " + parts.size() + " of AWS Batch's jobs"));
    }
    if (request.priority() > 0 && !shares) {
      notes.add(
          new Note(Kind.UNUSED, "priority", "counts in queues with a scheduling policy alone"));
    }
    if (request.dependencies().size() > Sender.MOST_DEPENDENCIES) {
      notes.add(new Note(Kind.EMULATED, "dependencies", "gathered by jobs that do nothing else"));
    }
    return new Plan(BatchOptions.BACKEND, artifacts(job, parts), notes);
  }

  private static void retries(BatchJob job, JobRequest request, List<Note> notes) {
    if (request.effective().retry().maxAttempts() > 1) {
      String text = "further attempts are submitted by this program, as AWS cannot tell the rules";
      if (job.retriesHere()) {
        notes.add(new Note(Kind.ENDS_WITH_CLIENT, "retry", text));
      }
    }
  }

  private static Map<String, String> artifacts(BatchJob job, List<NativeJob> parts) {
    Map<String, String> artifacts = new LinkedHashMap<>();
    Optional<String> existing = Options.of(job).existing();
    RegisterJobDefinitionRequest definition = Sender.definition(job);
    String name = DefinitionCache.name(definition);
    if (existing.isEmpty()) {
      artifacts.put(
          "RegisterJobDefinition", text(definition.toBuilder().jobDefinitionName(name).build()));
    }
    for (NativeJob part : parts) {
      String suffix = parts.size() == 1 ? "" : " " + part.part();
      artifacts.put("SubmitJob" + suffix, text(Sender.request(job, part, existing.orElse(name))));
    }
    return artifacts;
  }

  private static String text(SdkPojo request) {
    try {
      return PRETTY.writeValueAsString(CanonicalJson.of(request)) + "\n";
    } catch (JsonProcessingException e) {
      throw new AssertionError("a tree is always text", e);
    }
  }
}
