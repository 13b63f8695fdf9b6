package io.hpc4j.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces {@code Ref::name} by the value of that parameter in every text of a definition. */
final class Parameters {
  private static final Pattern REFERENCE = Pattern.compile("Ref::([A-Za-z0-9_-]+)");

  private final Map<String, String> values;
  private final Set<String> used = new TreeSet<>();
  private final Set<String> missing = new TreeSet<>();

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /** Returns the definition with all references replaced; one without a value stays as it is. */
  static JobDefinition resolve(JobDefinition definition) {
    return definition.parameters().isEmpty()
        ? definition
        : new Parameters(definition.parameters()).replace(definition);
  }

  /** Finds references without a value, and values without a reference. */
  static void check(JobDefinition definition, List<Problem> problems) {
    Parameters parameters = new Parameters(definition.parameters());
    parameters.replace(definition);
    Set<String> known = definition.parameters().keySet();
    for (String name : parameters.missing) {
      problems.add(
          Problem.of("parameters", "Ref::" + name, "has no value; there are values for " + known));
    }
    for (String name : known) {
      if (!parameters.used.contains(name)) {
        Set<String> references = new TreeSet<>(parameters.used);
        references.addAll(parameters.missing);
        problems.add(
            Problem.of(
                "parameters", name, "is not referred to; the definition refers to " + references));
      }
    }
  }

  private JobDefinition replace(JobDefinition definition) {
    JobDefinition.Builder b = definition.toBuilder();
    definition.work().map(this::replace).ifPresent(b::work);
    definition.environment().forEach((name, value) -> b.environment(name, replace(value)));
    definition.image().map(this::replace).ifPresent(b::image);
    definition.workingDirectory().map(this::replace).ifPresent(b::workingDirectory);
    definition.stdin().map(this::replace).ifPresent(b::stdin);
    definition.stdout().map(this::replace).ifPresent(b::stdout);
    definition.stderr().map(this::replace).ifPresent(b::stderr);
    return b.build();
  }

  private Work replace(Work work) {
    if (work instanceof Work.Command command) {
      return new Work.Command(command.arguments().stream().map(this::replace).toList());
    }
    if (work instanceof Work.Script script) {
      return new Work.Script(
          replace(script.text()), script.arguments().stream().map(this::replace).toList());
    }
    return work;
  }

  private String replace(String text) {
    if (!text.contains("Ref::")) {
      return text;
    }
    Matcher matcher = REFERENCE.matcher(text);
    return matcher.replaceAll(
        match -> {
          String name = match.group(1);
          String value = values.get(name);
          (value == null ? missing : used).add(name);
          return Matcher.quoteReplacement(value == null ? match.group() : value);
        });
  }
}
