package io.hpc4j.json;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;

/** The JSON form of a {@link JobDefinition}. */
final class DefinitionForm {
  private DefinitionForm() {}

  static Out write(Out out, JobDefinition d) {
    out.text("name", d.name());
    WorkForm.write(out, d.work());
    out.text("image", d.image());
    if (!d.resources().equals(Resources.defaults())) {
      ResourcesForm.write(out, "resources", d.resources());
    }
    out.text("launch", d.launch());
    out.textMap("environment", d.environment());
    out.flag("inheritEnvironment", d.inheritEnvironment());
    out.textMap("parameters", d.parameters());
    if (!d.retry().equals(RetryPolicy.none())) {
      RetryForm.write(out, "retry", d.retry());
    }
    out.text("timeout", d.timeout());
    out.text("workingDirectory", d.workingDirectory());
    out.text("stdin", d.stdin());
    out.text("stdout", d.stdout());
    out.text("stderr", d.stderr());
    return out;
  }

  static JobDefinition read(Fields fields) {
    JobDefinition.Builder b =
        JobDefinition.builder(fields.required("name", fields.text("name"), ""));
    WorkForm.read(fields).ifPresent(b::work);
    fields.text("image").ifPresent(b::image);
    ResourcesForm.read(fields, "resources").ifPresent(b::resources);
    fields.constant("launch", Launch.class).ifPresent(b::launch);
    b.environment(fields.textMap("environment"));
    b.inheritEnvironment(fields.flag("inheritEnvironment"));
    fields.textMap("parameters").forEach(b::parameter);
    RetryForm.read(fields, "retry").ifPresent(b::retry);
    fields.duration("timeout").ifPresent(b::timeout);
    fields.text("workingDirectory").ifPresent(b::workingDirectory);
    fields.text("stdin").ifPresent(b::stdin);
    fields.text("stdout").ifPresent(b::stdout);
    fields.text("stderr").ifPresent(b::stderr);
    return b.build();
  }
}
