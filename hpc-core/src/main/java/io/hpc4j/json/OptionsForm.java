package io.hpc4j.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.hpc4j.model.BackendOptions;
import io.hpc4j.spi.OptionsCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON form of backend options: an object for each backend, written and read by its codec. */
final class OptionsForm {
  private OptionsForm() {}

  static void write(Out parent, Map<String, BackendOptions> options) {
    if (options.isEmpty()) {
      return;
    }
    Out out = parent.child("options");
    options.forEach((backend, value) -> write(out, backend, value));
    parent.object("options", out);
  }

  private static void write(Out out, String backend, BackendOptions options) {
    Optional<OptionsCodec<?>> codec =
        Codecs.find(backend).filter(c -> c.type().isInstance(options));
    if (codec.isEmpty()) {
      out.problem(backend, options.getClass().getName(), Codecs.MISSING);
      return;
    }
    try {
      out.put(backend, write(codec.get(), options));
    } catch (RuntimeException e) { // a codec is foreign code
      out.problem(backend, options.getClass().getName(), "was not written by its codec: " + e);
    }
  }

  private static <T extends BackendOptions> JsonNode write(
      OptionsCodec<T> codec, BackendOptions options) {
    return Values.toJson(codec.write(codec.type().cast(options)));
  }

  static Collection<BackendOptions> read(Fields parent) {
    return parent.object("options", OptionsForm::readAll).orElse(List.of());
  }

  private static Collection<BackendOptions> readAll(Fields fields) {
    List<BackendOptions> all = new ArrayList<>();
    for (String backend : fields.names()) {
      fields.raw(backend).flatMap(node -> read(fields, backend, node)).ifPresent(all::add);
    }
    return all;
  }

  private static Optional<BackendOptions> read(Fields fields, String backend, JsonNode node) {
    if (!node.isObject()) {
      fields.problem(backend, Fields.kindOf(node), "must be an object");
      return Optional.empty();
    }
    Optional<OptionsCodec<?>> codec = Codecs.find(backend);
    if (codec.isEmpty()) {
      fields.problem(backend, "an object", Codecs.MISSING);
      return Optional.empty();
    }
    try {
      BackendOptions options = codec.get().read(Values.toMap(node));
      if (options.backend().equals(backend)) {
        return Optional.of(options);
      }
      fields.problem(backend, options.backend(), "is what its codec read; it must be " + backend);
    } catch (RuntimeException e) { // a codec is foreign code
      fields.problem(backend, "an object", "was not read by its codec: " + e);
    }
    return Optional.empty();
  }
}
