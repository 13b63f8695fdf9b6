package io.hpc4j.local;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.model.Work;
import io.hpc4j.spi.PlanNotes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells what the local backend would run, and what it fills in. Pure. */
final class LocalPlan {
  private LocalPlan() {}

  static Plan of(
      JobRequest request, String queue, Optional<Duration> limit, Capabilities capabilities) {
    JobDefinition definition = request.effective();
    List<Note> notes = PlanNotes.of("local", request, queue, limit, capabilities);
    if (definition.work().orElse(null) instanceof Work.Java) {
      notes.add(
          new Note(Kind.ENDS_WITH_CLIENT, "work", "a Java task lives as long as this program"));
    }
    return new Plan("local", artifacts(definition), notes);
  }

  /** The work itself, and the names of its variables; never their values. */
  private static Map<String, String> artifacts(JobDefinition definition) {
    Map<String, String> artifacts = new LinkedHashMap<>();
    Work work = definition.work().orElse(null);
    if (work instanceof Work.Command command) {
      artifacts.put("command", String.join("\n", command.arguments()) + "\n");
    } else if (work instanceof Work.Script script) {
      artifacts.put("script", script.text());
      if (!script.arguments().isEmpty()) {
        artifacts.put("arguments", String.join("\n", script.arguments()) + "\n");
      }
    }
    if (!definition.environment().isEmpty()) {
      artifacts.put("environment", String.join("\n", definition.environment().keySet()) + "\n");
    }
    return artifacts;
  }
}
