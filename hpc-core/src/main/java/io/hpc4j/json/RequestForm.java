package io.hpc4j.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Overrides;
import java.util.List;

/** The JSON form of a {@link JobRequest}. */
final class RequestForm {
  private static final String INDICES = "a set of different indices such as 0-9:2,17";
  private static final JobDefinition NO_DEFINITION = JobDefinition.builder("").build();
  private static final JobId NO_JOB = JobId.of("none", "none", "0");

  private RequestForm() {}

  static Out write(Out out, JobRequest r) {
    out.object("definition", DefinitionForm.write(out.child("definition"), r.definition()));
    if (!r.overrides().equals(Overrides.NONE)) {
      out.object("overrides", writeOverrides(out.child("overrides"), r.overrides()));
    }
    out.text("queue", r.queue());
    if (r.size() > JobRequest.MAX_ARRAY_SIZE) {
      out.problem("array", r.size(), "has no JSON form; the most is " + JobRequest.MAX_ARRAY_SIZE);
    }
    out.text("array", r.array());
    out.flag("sequential", r.sequential());
    out.integer("throttle", r.throttle());
    out.integer("maxFailures", r.maxFailures());
    out.flag("failFast", r.failFast());
    if (!r.dependencies().isEmpty()) {
      out.put("dependencies", writeDependencies(r.dependencies()));
    }
    if (r.priority() != 0) {
      out.integer("priority", r.priority());
    }
    out.text("share", r.share());
    out.flag("hold", r.hold());
    out.text("begin", r.begin());
    out.text("deadline", r.deadline());
    out.text("failIfUnschedulableFor", r.unschedulableLimit());
    OptionsForm.write(out, r.options());
    return out;
  }

  private static Out writeOverrides(Out out, Overrides o) {
    WorkForm.write(out, o.work());
    o.resources().ifPresent(resources -> ResourcesForm.write(out, "resources", resources));
    out.textMap("environment", o.environment());
    out.textMap("parameters", o.parameters());
    o.retry().ifPresent(retry -> RetryForm.write(out, "retry", retry));
    out.text("timeout", o.timeout());
    return out;
  }

  private static ArrayNode writeDependencies(List<Dependency> dependencies) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Dependency dependency : dependencies) {
      array.addObject().put("kind", dependency.kind().name()).put("on", dependency.on().text());
    }
    return array;
  }

  static JobRequest read(Fields fields) {
    JobRequest.Builder b =
        JobRequest.builder(
            fields.required(
                "definition", fields.object("definition", DefinitionForm::read), NO_DEFINITION));
    fields.object("overrides", RequestForm::readOverrides).ifPresent(b::overrides);
    fields.text("queue").ifPresent(b::queue);
    fields.parsed("array", INDICES, RequestForm::indices).ifPresent(b::array);
    b.sequential(fields.flag("sequential"));
    fields.integer("throttle").ifPresent(b::throttle);
    fields.integer("maxFailures").ifPresent(b::maxFailures);
    b.failFast(fields.flag("failFast"));
    fields.objects("dependencies", RequestForm::readDependency).forEach(b::dependency);
    b.priority(fields.integer("priority").orElse(0));
    fields.text("share").ifPresent(b::share);
    b.hold(fields.flag("hold"));
    fields.instant("begin").ifPresent(b::begin);
    fields.instant("deadline").ifPresent(b::deadline);
    fields.duration("failIfUnschedulableFor").ifPresent(b::failIfUnschedulableFor);
    OptionsForm.read(fields).forEach(b::options);
    return b.build();
  }

  private static IndexSet indices(String text) {
    return text.isEmpty() ? IndexSet.empty() : IndexSet.parse(text);
  }

  private static Dependency readDependency(Fields fields) {
    return new Dependency(
        fields.required(
            "kind", fields.constant("kind", Dependency.Kind.class), Dependency.Kind.SUCCESS),
        fields.required("on", fields.parsed("on", "a job id", JobId::parse), NO_JOB));
  }

  private static Overrides readOverrides(Fields fields) {
    return new Overrides(
        WorkForm.read(fields),
        ResourcesForm.read(fields, "resources"),
        fields.textMap("environment"),
        fields.textMap("parameters"),
        RetryForm.read(fields, "retry"),
        fields.duration("timeout"));
  }
}
