package io.hpc4j.slurm;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.slurm.script.SbatchArguments;
import io.hpc4j.spi.PlanNotes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells what would be sent to Slurm, and where that differs from the request. Pure. */
final class SlurmPlan {
  private SlurmPlan() {}

  static Plan of(
      JobRequest request,
      String queue,
      Capabilities capabilities,
      List<String> command,
      String script,
      int calls) {
    JobDefinition definition = request.effective();
    List<Note> notes = PlanNotes.of("slurm", request, queue, capabilities);
    definition
        .timeout()
        .filter(t -> !Duration.ofMinutes(SbatchArguments.minutes(t)).equals(t))
        .ifPresent(
            t ->
                notes.add(
                    new Note(
                        Kind.ROUNDED,
                        "timeout",
                        t + " to " + SbatchArguments.minutes(t) + " whole minutes")));
    if (definition.inheritEnvironment()) {
      notes.add(
          new Note(
              Kind.UNUSED,
              "inheritEnvironment",
              "functions of bash and names with other than letters, digits and _ are lost on nodes"
                  + " whose /bin/sh drops them, as dash does"));
    }
    if (calls > 1) {
      notes.add(new Note(Kind.EMULATED, "array", "by " + calls + " of Slurm's arrays"));
    }
    Map<String, String> artifacts = new LinkedHashMap<>();
    artifacts.put("command", String.join("\n", command) + "\n");
    artifacts.put("script", script);
    return new Plan("slurm", artifacts, notes);
  }
}
