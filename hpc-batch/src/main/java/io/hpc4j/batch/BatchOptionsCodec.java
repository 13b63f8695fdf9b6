package io.hpc4j.batch;

import io.hpc4j.model.Memory;
import io.hpc4j.spi.OptionsCodec;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps {@link BatchOptions} in the JSON form of a request. Found by the service loader. */
public final class BatchOptionsCodec implements OptionsCodec<BatchOptions> {
  /** Creates it for the service loader. */
  public BatchOptionsCodec() {}

  @Override
  public String backend() {
    return BatchOptions.BACKEND;
  }

  @Override
  public Class<BatchOptions> type() {
    return BatchOptions.class;
  }

  @Override
  public Map<String, Object> write(BatchOptions options) {
    Stated o = options.stated();
    if (o.definitionChange().isPresent() || o.submissionChange().isPresent()) {
      throw new IllegalArgumentException("a change of a request is code, which cannot be kept");
    }
    Map<String, Object> fields = new TreeMap<>();
    flag(fields, "fargate", o.isFargate());
    flag(fields, "publicIp", o.hasPublicIp());
    flag(fields, "noShim", o.isWithoutShim());
    flag(fields, "privileged", o.isPrivileged());
    flag(fields, "readOnlyRoot", o.isReadOnlyRoot());
    flag(fields, "initProcess", o.hasInitProcess());
    flag(fields, "propagateTags", o.isPropagatingTags());
    text(fields, "existing", o.existing());
    text(fields, "jobRole", o.jobRole());
    text(fields, "executionRole", o.executionRole());
    text(fields, "user", o.user());
    text(fields, "logDriver", o.logDriver());
    text(fields, "architecture", o.architecture());
    text(fields, "instanceType", o.instanceType());
    o.sharedMemory().ifPresent(size -> fields.put("sharedMemory", size.bytes()));
    o.swap().ifPresent(size -> fields.put("swap", size.bytes()));
    o.swappiness().ifPresent(value -> fields.put("swappiness", value));
    o.ephemeralStorageGiB().ifPresent(value -> fields.put("ephemeralStorageGiB", value));
    some(fields, "tmpfs", o.tmpfs().stream().map(BatchOptionsCodec::write).toList());
    some(fields, "ulimits", o.ulimits().stream().map(BatchOptionsCodec::write).toList());
    some(fields, "devices", o.devices());
    some(fields, "mounts", o.mounts().stream().map(BatchOptionsCodec::write).toList());
    some(fields, "secrets", o.secrets());
    some(fields, "logOptions", o.logOptions());
    some(fields, "tags", o.tags());
    return fields;
  }

  private static Map<String, Object> write(BatchOptions.Tmpfs tmpfs) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", tmpfs.path());
    fields.put("size", tmpfs.size().bytes());
    some(fields, "mountOptions", tmpfs.mountOptions());
    return fields;
  }

  private static Map<String, Object> write(BatchOptions.Ulimit ulimit) {
    return Map.of("name", ulimit.name(), "soft", ulimit.soft(), "hard", ulimit.hard());
  }

  private static Map<String, Object> write(BatchOptions.Mount mount) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", mount.path());
    fields.put("host", mount.host());
    fields.put("fileSystem", mount.fileSystem());
    fields.put("root", mount.root());
    flag(fields, "readOnly", mount.readOnly());
    return fields;
  }

  private static void flag(Map<String, Object> fields, String name, boolean value) {
    if (value) {
      fields.put(name, true);
    }
  }

  private static void text(Map<String, Object> fields, String name, Optional<String> value) {
    value.ifPresent(v -> fields.put(name, v));
  }

  private static void some(Map<String, Object> fields, String name, Collection<?> values) {
    if (!values.isEmpty()) {
      fields.put(name, values);
    }
  }

  private static void some(Map<String, Object> fields, String name, Map<?, ?> values) {
    if (!values.isEmpty()) {
      fields.put(name, values);
    }
  }

  @Override
  public BatchOptions read(Map<String, Object> fields) {
    BatchOptions options = BatchOptions.create();
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      options = read(options, fields, field.getKey(), field.getValue());
    }
    return options;
  }

  private static BatchOptions read(
      BatchOptions o, Map<String, Object> all, String name, Object value) {
    return switch (name) {
      case "fargate" -> flag(name, value) ? o.fargate() : o;
      case "publicIp" -> flag(name, value) ? o.publicIp() : o;
      case "noShim" -> flag(name, value) ? o.noShim() : o;
      case "privileged" -> flag(name, value) ? o.privileged() : o;
      case "readOnlyRoot" -> flag(name, value) ? o.readOnlyRoot() : o;
      case "initProcess" -> flag(name, value) ? o.initProcess() : o;
      case "propagateTags" -> flag(name, value) ? o.propagateTags() : o;
      case "existing" -> o.useExisting(text(name, value));
      case "jobRole" -> o.jobRole(text(name, value));
      case "executionRole" -> o.executionRole(text(name, value));
      case "user" -> o.user(text(name, value));
      case "architecture" -> o.architecture(text(name, value));
      case "instanceType" -> o.instanceType(text(name, value));
      case "sharedMemory" -> o.sharedMemory(Memory.ofBytes(number(name, value)));
      case "swap" ->
          o.swap(
              Memory.ofBytes(number(name, value)),
              (int) number("swappiness", all.get("swappiness")));
      case "swappiness" -> needs(o, all, name, "swap");
      case "ephemeralStorageGiB" -> o.ephemeralStorageGiB((int) number(name, value));
      case "logDriver" ->
          o.logDriver(
              text(name, value), texts("logOptions", all.getOrDefault("logOptions", Map.of())));
      case "logOptions" -> needs(o, all, name, "logDriver");
      case "devices" -> {
        BatchOptions more = o;
        for (Object one : list(name, value)) {
          more = more.device(text(name, one));
        }
        yield more;
      }
      case "ulimits" -> {
        BatchOptions more = o;
        for (Object one : list(name, value)) {
          Map<?, ?> u = object(name, one);
          more =
              more.ulimit(
                  text("name", u.get("name")),
                  (int) number("soft", u.get("soft")),
                  (int) number("hard", u.get("hard")));
        }
        yield more;
      }
      case "tmpfs" -> {
        BatchOptions more = o;
        for (Object one : list(name, value)) {
          Map<?, ?> t = object(name, one);
          Object mount = t.containsKey("mountOptions") ? t.get("mountOptions") : List.of();
          more =
              more.tmpfs(
                  text("path", t.get("path")),
                  Memory.ofBytes(number("size", t.get("size"))),
                  list("mountOptions", mount).stream()
                      .map(each -> text("mountOptions", each))
                      .toArray(String[]::new));
        }
        yield more;
      }
      case "mounts" -> {
        BatchOptions more = o;
        for (Object one : list(name, value)) {
          Map<?, ?> m = object(name, one);
          more =
              more.mount(
                  new BatchOptions.Mount(
                      text("path", m.get("path")),
                      text("host", m.get("host")),
                      text("fileSystem", m.get("fileSystem")),
                      text("root", m.get("root")),
                      m.containsKey("readOnly")));
        }
        yield more;
      }
      case "secrets" -> {
        BatchOptions more = o;
        for (Map.Entry<String, String> e : texts(name, value).entrySet()) {
          more = more.secret(e.getKey(), e.getValue());
        }
        yield more;
      }
      case "tags" -> {
        BatchOptions more = o;
        for (Map.Entry<String, String> e : texts(name, value).entrySet()) {
          more = more.tag(e.getKey(), e.getValue());
        }
        yield more;
      }
      default -> throw new IllegalArgumentException("there is no option " + name);
    };
  }

  private static BatchOptions needs(
      BatchOptions o, Map<String, Object> all, String name, String other) {
    if (!all.containsKey(other)) {
      throw new IllegalArgumentException(name + " without " + other);
    }
    return o;
  }

  private static boolean flag(String name, Object value) {
    if (!value.equals(true)) {
      throw new IllegalArgumentException(name + " must be true or left out: " + value);
    }
    return true;
  }

  private static String text(String name, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException(name + " must be text: " + value);
  }

  private static long number(String name, @Nullable Object value) {
    if (value instanceof Number n && n.doubleValue() == n.longValue()) {
      return n.longValue();
    }
    throw new IllegalArgumentException(name + " must be a whole number: " + value);
  }

  private static Collection<?> list(String name, @Nullable Object value) {
    if (value instanceof Collection<?> list) {
      return list;
    }
    throw new IllegalArgumentException(name + " must be a list: " + value);
  }

  private static Map<?, ?> object(String name, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException(name + " must be an object: " + value);
  }

  private static Map<String, String> texts(String name, Object value) {
    Map<String, String> texts = new TreeMap<>();
    object(name, value).forEach((key, each) -> texts.put(text(name, key), text(name, each)));
    return texts;
  }
}
