package io.hpc4j.spi;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capabilities.Support;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Plan.Kind;
import io.hpc4j.model.Plan.Note;
import io.hpc4j.model.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a plan has to say whatever the backend: the gaps it fills, and what it does otherwise. */
public final class PlanNotes {
  private PlanNotes() {}

  /**
   * Returns the notes on a request.
   *
   * @param backend the backend's name, whose own options are used
   * @param queue the queue that takes it
   * @param limit the timeout of the queue's jobs that state none
   */
  public static List<Note> of(
      String backend,
      JobRequest request,
      String queue,
      Optional<Duration> limit,
      Capabilities capabilities) {
    List<Note> notes = new ArrayList<>();
    defaults(request, queue, limit, notes);
    request.needs().forEach((capability, field) -> differs(capability, field, capabilities, notes));
    request.options().keySet().stream()
        .filter(other -> !other.equals(backend))
        .forEach(other -> notes.add(new Note(Kind.UNUSED, "options", "those for " + other)));
    return notes;
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

  private static void defaults(
      JobRequest request, String queue, Optional<Duration> limit, List<Note> notes) {
    JobDefinition definition = request.effective();
    Resources r = definition.resources();
    fill(notes, request.queue().isEmpty(), "queue", queue);
    fill(notes, r.statedNodes().isEmpty(), "resources.nodes", r.nodes());
    fill(notes, r.statedTasksPerNode().isEmpty(), "resources.tasksPerNode", r.tasksPerNode());
    fill(notes, r.statedCpusPerTask().isEmpty(), "resources.cpusPerTask", r.cpusPerTask());
    fill(notes, r.statedMemoryPerNode().isEmpty(), "resources.memory", r.memoryPerNode());
    fill(notes, r.statedGpusPerNode().isEmpty(), "resources.gpus", r.gpusPerNode());
    fill(notes, definition.retry().maxAttempts() == 1, "retry", "one attempt");
    String timeout = limit.map(time -> time + ", the default of its queue").orElse("none");
    fill(notes, definition.timeout().isEmpty(), "timeout", timeout);
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
}
