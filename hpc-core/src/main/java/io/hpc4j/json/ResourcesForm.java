package io.hpc4j.json;

import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.util.Map;
import java.util.Optional;

/** The JSON form of {@link Resources}: what was said, and nothing that was not. */
final class ResourcesForm {
  private ResourcesForm() {}

  static void write(Out parent, String name, Resources r) {
    Out out = parent.child(name);
    out.integer("nodes", r.statedNodes());
    out.integer("tasksPerNode", r.statedTasksPerNode());
    out.integer("totalTasks", r.statedTotalTasks());
    out.integer("cpusPerTask", r.statedCpusPerTask());
    out.integer("gpusPerNode", r.statedGpusPerNode());
    out.memory("memoryPerNode", r.statedMemoryPerNode());
    out.longMap("consumables", r.consumables());
    if (!r.features().isEmpty()) {
      out.texts("features", r.features());
    }
    out.flag("exclusive", r.isExclusive());
    parent.object(name, out);
  }

  static Optional<Resources> read(Fields parent, String name) {
    return parent.object(name, ResourcesForm::readObject);
  }

  private static Resources readObject(Fields fields) {
    Resources r = fields.integer("nodes").map(Resources::nodes).orElse(Resources.defaults());
    r = fields.integer("tasksPerNode").map(r::tasksPerNode).orElse(r);
    r = fields.integer("totalTasks").map(r::totalTasks).orElse(r);
    r = fields.integer("cpusPerTask").map(r::cpusPerTask).orElse(r);
    r = fields.integer("gpusPerNode").map(r::gpus).orElse(r);
    Optional<Memory> memory = fields.memory("memoryPerNode");
    r = memory.map(r::memory).orElse(r);
    for (Map.Entry<String, Long> entry : fields.longMap("consumables").entrySet()) {
      r = r.consumable(entry.getKey(), entry.getValue());
    }
    r = r.features(fields.texts("features").toArray(String[]::new));
    return fields.flag("exclusive") ? r.exclusive() : r;
  }
}
