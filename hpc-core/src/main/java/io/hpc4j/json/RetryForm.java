package io.hpc4j.json;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/** The JSON form of a {@link RetryPolicy}. */
final class RetryForm {
  private RetryForm() {}

  static void write(Out parent, String name, RetryPolicy retry) {
    Out out = parent.child(name);
    out.integer("attempts", retry.maxAttempts());
    if (!retry.rules().isEmpty()) {
      ArrayNode rules = JsonNodeFactory.instance.arrayNode();
      for (RetryPolicy.Rule rule : retry.rules()) {
        rules.add(writeRule(out.element("rules", rules.size()), rule).node());
      }
      out.put("rules", rules);
    }
    out.memory("maxMemoryPerNode", retry.maxMemory());
    if (!retry.delay().isZero()) {
      out.text("delay", retry.delay().toString());
    }
    out.factor("backoff", retry.backoff());
    parent.object(name, out);
  }

  private static Out writeRule(Out out, RetryPolicy.Rule rule) {
    out.text("then", rule.retry() ? Then.RETRY.name() : Then.STOP.name());
    if (!rule.reasons().isEmpty()) {
      out.texts("reasons", rule.reasons().stream().map(Reason::name).toList());
    }
    if (!rule.exitCodes().isEmpty()) {
      out.integers("exitCodes", rule.exitCodes());
    }
    out.factor("memoryFactor", rule.memoryFactor());
    return out;
  }

  static Optional<RetryPolicy> read(Fields parent, String name) {
    return parent.object(name, RetryForm::readObject);
  }

  private static RetryPolicy readObject(Fields fields) {
    RetryPolicy retry =
        RetryPolicy.attempts(fields.required("attempts", fields.integer("attempts"), 1));
    for (RetryPolicy.Rule rule : fields.objects("rules", RetryForm::readRule)) {
      retry = retry.with(rule);
    }
    Optional<Memory> maxMemory = fields.memory("maxMemoryPerNode");
    retry = maxMemory.map(retry::growMemoryUpTo).orElse(retry);
    return retry
        .delay(fields.duration("delay").orElse(Duration.ZERO))
        .backoff(fields.fraction("backoff").orElse(1.0));
  }

  private static RetryPolicy.Rule readRule(Fields fields) {
    Then then = fields.required("then", fields.constant("then", Then.class), Then.STOP);
    return new RetryPolicy.Rule(
        fields.constants("reasons", Reason.class),
        fields.integers("exitCodes"),
        then == Then.RETRY,
        fields.fraction("memoryFactor").orElse(1.0));
  }

  private enum Then {
    RETRY,
    STOP
  }
}
