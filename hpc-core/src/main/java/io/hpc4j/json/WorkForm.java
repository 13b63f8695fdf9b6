package io.hpc4j.json;

import io.hpc4j.model.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON form of {@link Work}: an object with one of three fields, which says the kind. */
final class WorkForm {
  private static final String COMMAND = "command";
  private static final String SCRIPT = "script";
  private static final String ARGUMENTS = "arguments";
  private static final String SIMULATED = "simulated";
  private static final String EXIT_CODE = "exitCode";

  private WorkForm() {}

  static void write(Out parent, Optional<Work> work) {
    work.ifPresent(
        w -> {
          if (w instanceof Work.Java) {
            parent.problem("work", "a Java task", "has no JSON form; use a command or a script");
          } else {
            parent.object("work", write(parent.child("work"), w));
          }
        });
  }

  private static Out write(Out out, Work work) {
    if (work instanceof Work.Command command) {
      out.texts(COMMAND, command.arguments());
    } else if (work instanceof Work.Script script) {
      out.text(SCRIPT, script.text());
      if (!script.arguments().isEmpty()) {
        out.texts(ARGUMENTS, script.arguments());
      }
    } else if (work instanceof Work.Simulation simulation) {
      out.text(SIMULATED, simulation.duration().toString());
      if (simulation.exitCode() != 0) {
        out.integer(EXIT_CODE, simulation.exitCode());
      }
    }
    return out;
  }

  static Optional<Work> read(Fields parent) {
    return parent.object("work", WorkForm::readObject);
  }

  private static Work readObject(Fields fields) {
    List<Work> found = new ArrayList<>();
    if (fields.has(COMMAND)) {
      found.add(new Work.Command(fields.texts(COMMAND)));
    }
    if (fields.has(SCRIPT)) {
      found.add(new Work.Script(fields.text(SCRIPT).orElse(""), fields.texts(ARGUMENTS)));
    }
    if (fields.has(SIMULATED)) {
      found.add(
          new Work.Simulation(
              fields.duration(SIMULATED).orElse(Duration.ZERO),
              fields.integer(EXIT_CODE).orElse(0)));
    }
    if (found.size() != 1) {
      fields.problem("must have exactly one of " + List.of(COMMAND, SCRIPT, SIMULATED));
    }
    return found.isEmpty() ? new Work.Command(List.of()) : found.get(0);
  }
}
