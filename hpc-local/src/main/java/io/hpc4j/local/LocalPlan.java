package io.hpc4j.local;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capabilities.Support;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.model.Resources;
import io.hpc4j.model.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells what the local backend would run, and what it fills in. Pure. */
final class LocalPlan {
  private LocalPlan() {}

  static Plan of(JobRequest request, String queue, Capabilities capabilities) {
    JobDefinition definition = request.effective();
    List<Note> notes = new ArrayList<>();
    defaults(request, queue, notes);
    request.needs().forEach((capability, field) -> differs(capability, field, capabilities, notes));
    request.options().keySet().stream()
        .filter(backend -> !backend.equals("local"))
        .forEach(backend -> notes.add(new Note(Kind.UNUSED, "options", "those for " + backend)));
    if (definition.work().orElse(null) instanceof Work.Java) {
      notes.add(
          new Note(Kind.ENDS_WITH_CLIENT, "work", "a Java task lives as long as this program"));
    }
    return new Plan("local", artifacts(definition), notes);
  }

  private static void differs(
      Capability capability, String field, Capabilities capabilities, List<Note> notes) {
    String note = capabilities.note(capability);
    Support support = capabilities.support(capability);
    if (support == Support.UNUSED) {
      notes.add(new Note(Kind.UNUSED, field, note.isEmpty() ? "is not used" : note));
    } else if (support == Support.EMULATED) {
      notes.add(new Note(Kind.EMULATED, field, note));
    }
  }

  private static void defaults(JobRequest request, String queue, List<Note> notes) {
    JobDefinition definition = request.effective();
    Resources r = definition.resources();
    fill(notes, request.queue().isEmpty(), "queue", queue);
    fill(notes, r.statedNodes().isEmpty(), "resources.nodes", r.nodes());
    fill(notes, r.statedTasksPerNode().isEmpty(), "resources.tasksPerNode", r.tasksPerNode());
    fill(notes, r.statedCpusPerTask().isEmpty(), "resources.cpusPerTask", r.cpusPerTask());
    fill(notes, r.statedMemoryPerNode().isEmpty(), "resources.memory", r.memoryPerNode());
    fill(notes, r.statedGpusPerNode().isEmpty(), "resources.gpus", r.gpusPerNode());
    fill(notes, definition.retry().maxAttempts() == 1, "retry", "one attempt");
    fill(notes, definition.timeout().isEmpty(), "timeout", "none");
    fill(
        notes,
        definition.stdout().isEmpty(),
        "stdout",
        request.isArray() ? "hpc4j-%x-%j_%a.out" : "hpc4j-%x-%j.out");
  }

  private static void fill(List<Note> notes, boolean gap, String field, Object value) {
    if (gap) {
      notes.add(new Note(Kind.DEFAULT, field, value.toString()));
    }
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
