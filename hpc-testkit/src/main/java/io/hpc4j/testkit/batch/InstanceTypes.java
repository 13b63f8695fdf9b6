package io.hpc4j.testkit.batch;

import io.hpc4j.model.Capacity;
import io.hpc4j.model.Memory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an instance of a type has to give, read from its name: {@code c} has 2 GiB for each vCPU,
 * {@code r} and {@code x} 8, others 4; {@code p} and {@code g} have GPUs. A family without a size,
 * and {@code optimal}, is a {@code 4xlarge} of it. Good enough to schedule by; not AWS's catalogue.
 */
final class InstanceTypes {
  private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,2}|)xlarge");
  private static final int FLEXIBLE = 16;

  private InstanceTypes() {}

  static Capacity of(String type) {
    String family = type.split("\\.", 2)[0];
    String size = type.contains(".") ? type.substring(type.indexOf('.') + 1) : "";
    int cpus = cpus(size);
    boolean accelerated = family.startsWith("p") || (family.startsWith("g") && cpus > 2);
    return new Capacity(
        cpus,
        Memory.ofGiB((long) cpus * gibibytesPerCpu(family)),
        accelerated && family.matches(".\\d.*") ? gpus(cpus) : 0);
  }

  private static int cpus(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (matcher.matches()) {
      return matcher.group(1).isEmpty() ? 4 : 4 * Integer.parseInt(matcher.group(1));
    }
    return switch (size) {
      case "nano", "micro", "small", "medium" -> 1;
      case "large" -> 2;
      case "metal" -> 96;
      default -> FLEXIBLE;
    };
  }

  private static int gibibytesPerCpu(String family) {
    return switch (family.isEmpty() ? 'm' : family.charAt(0)) {
      case 'c' -> 2;
      case 'r', 'x' -> 8;
      default -> 4;
    };
  }

  private static int gpus(int cpus) {
    if (cpus < 32) {
      return 1;
    }
    return cpus < 64 ? 4 : 8;
  }
}
