package io.hpc4j.slurm;

import io.hpc4j.slurm.SlurmOptions.Mail;
import io.hpc4j.spi.OptionsCodec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Keeps {@link SlurmOptions} in the JSON form of a request. Found by the service loader. */
public final class SlurmOptionsCodec implements OptionsCodec<SlurmOptions> {
  /** Creates it for the service loader. */
  public SlurmOptionsCodec() {}

  @Override
  public String backend() {
    return SlurmOptions.BACKEND;
  }

  @Override
  public Class<SlurmOptions> type() {
    return SlurmOptions.class;
  }

  @Override
  public Map<String, Object> write(SlurmOptions options) {
    Map<String, Object> fields = new TreeMap<>();
    options.account().ifPresent(value -> fields.put("account", value));
    options.qos().ifPresent(value -> fields.put("qos", value));
    options.partition().ifPresent(value -> fields.put("partition", value));
    options.reservation().ifPresent(value -> fields.put("reservation", value));
    put(fields, "licences", options.licences());
    options.constraint().ifPresent(value -> fields.put("constraint", value));
    if (options.isExclusive()) {
      fields.put("exclusive", true);
    }
    options.nice().ifPresent(value -> fields.put("nice", value));
    options.comment().ifPresent(value -> fields.put("comment", value));
    options.gpuType().ifPresent(value -> fields.put("gpuType", value));
    put(fields, "gres", options.gres());
    options.mailUser().ifPresent(value -> fields.put("mailUser", value));
    if (options.mailUser().isPresent()) {
      fields.put("mailTypes", options.mailTypes().stream().map(Mail::name).toList());
    }
    if (!options.raw().isEmpty()) {
      fields.put("raw", options.raw());
    }
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, Map<String, Integer> counts) {
    if (!counts.isEmpty()) {
      fields.put(name, counts);
    }
  }

  @Override
  public SlurmOptions read(Map<String, Object> fields) {
    SlurmOptions options = SlurmOptions.create();
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      options = read(options, fields, field.getKey(), field.getValue());
    }
    return options;
  }

  private static SlurmOptions read(
      SlurmOptions options, Map<String, Object> all, String name, Object value) {
    return switch (name) {
      case "account" -> options.account(text(name, value));
      case "qos" -> options.qos(text(name, value));
      case "partition" -> options.partition(text(name, value));
      case "reservation" -> options.reservation(text(name, value));
      case "constraint" -> options.constraint(text(name, value));
      case "comment" -> options.comment(text(name, value));
      case "gpuType" -> options.gpuType(text(name, value));
      case "nice" -> options.nice(number(name, value));
      case "exclusive" -> {
        if (!value.equals(true)) {
          throw new IllegalArgumentException("exclusive must be true or left out: " + value);
        }
        yield options.exclusive();
      }
      case "licences" -> {
        SlurmOptions more = options;
        for (Map.Entry<?, ?> e : object(name, value).entrySet()) {
          more = more.licence(text(name, e.getKey()), number(name, e.getValue()));
        }
        yield more;
      }
      case "gres" -> {
        SlurmOptions more = options;
        for (Map.Entry<?, ?> e : object(name, value).entrySet()) {
          more = more.gres(text(name, e.getKey()), number(name, e.getValue()));
        }
        yield more;
      }
      case "mailUser" ->
          options.mail(text(name, value), mailTypes(all.getOrDefault("mailTypes", List.of())));
      case "mailTypes" -> {
        if (!all.containsKey("mailUser")) {
          throw new IllegalArgumentException("mailTypes without mailUser");
        }
        yield options;
      }
      case "raw" ->
          options.raw(list(name, value).stream().map(o -> text(name, o)).toArray(String[]::new));
      default -> throw new IllegalArgumentException("there is no option " + name);
    };
  }

  private static Mail[] mailTypes(Object value) {
    return list("mailTypes", value).stream()
        .map(type -> Mail.valueOf(text("mailTypes", type)))
        .toArray(Mail[]::new);
  }

  private static String text(String name, Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " must be text: " + value);
  }

  private static int number(String name, Object value) {
    if (value instanceof Number n && n.doubleValue() == n.intValue()) {
      return n.intValue();
    }
    throw new IllegalArgumentException(name + " must be a whole number: " + value);
  }

  private static Collection<?> list(String name, Object value) {
    if (value instanceof Collection<?> list) {
      return list;
    }
    throw new IllegalArgumentException(name + " must be a list: " + value);
  }

  private static Map<?, ?> object(String name, Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(name + " must be an object: " + value);
  }
}
