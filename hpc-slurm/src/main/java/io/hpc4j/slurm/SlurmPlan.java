package io.hpc4j.slurm;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.slurm.script.SbatchArguments;
import io.hpc4j.spi.PlanNotes;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Tells what would be sent to Slurm, and where that differs from the request. Pure. */
final class SlurmPlan {
  private SlurmPlan() {}

  /**
   * Tells it of a job.
   *
   * @param calls how many of Slurm's jobs carry it
   * @param limit the time limit that Slurm gives a job that states none
   * @param command the first call
   * @param script the script that it sends
   */
  static Plan of(
      SlurmJob job,
      int calls,
      Optional<Duration> limit,
      Capabilities capabilities,
      List<String> command,
      String script) {
    JobRequest request = Objects.requireNonNull(job.request);
    String queue = job.queue.isEmpty() ? "the cluster's default" : job.queue;
    List<Note> notes = PlanNotes.of("slurm", request, queue, limit, capabilities);
    rounded(request, notes);
    if (job.awaitsOthers) {
      notes.add(
          new Note(
              Kind.ENDS_WITH_CLIENT,
              "dependencies",
              "it is held until this program has seen that they are met, as Slurm cannot tell"));
    }
    if (calls > 1) {
      String text = " of Slurm's arrays, held until Slurm has them all; this is the first";
      notes.add(new Note(Kind.EMULATED, "array", "by " + calls + text));
    }
    Map<String, String> artifacts = new LinkedHashMap<>();
    artifacts.put("command", String.join("\n", command) + "\n");
    artifacts.put("script", script);
    return new Plan("slurm", artifacts, notes);
  }

  private static void rounded(JobRequest request, List<Note> notes) {
    JobDefinition definition = request.effective();
    definition
        .timeout()
        .filter(t -> !Duration.ofMinutes(SbatchArguments.minutes(t)).equals(t))
        .map(t -> t + " to " + SbatchArguments.minutes(t) + " whole minutes")
        .ifPresent(text -> notes.add(new Note(Kind.ROUNDED, "timeout", text)));
    Memory memory = definition.resources().memoryPerNode();
    if (memory.bytes() % (1 << 20) != 0) {
      String text = memory + " to " + memory.toMiBCeil() + " MiB";
      notes.add(new Note(Kind.ROUNDED, "resources.memory", text));
    }
    request
        .begin()
        .filter(begin -> !begin.equals(begin.truncatedTo(ChronoUnit.SECONDS)))
        .map(begin -> begin + " to the next whole second")
        .ifPresent(text -> notes.add(new Note(Kind.ROUNDED, "begin", text)));
  }
}
