package io.hpc4j.batch.request;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import software.amazon.awssdk.services.batch.model.ResourceRequirement;
import software.amazon.awssdk.services.batch.model.ResourceType;

/** What a job needs on each node, in AWS's units; on Fargate of AWS's sizes. Pure. */
public final class Sizes {
  private static final long MIB = 1024 * 1024;
  private static final int LEAST_MIB = 4;

  /** What a job may have on Fargate. */
  private record Size(String cpus, double number, List<Integer> mib) {}

  private static final List<Size> FARGATE =
      List.of(
          new Size("1", 1, range(2, 8, 1)),
          new Size("2", 2, range(4, 16, 1)),
          new Size("4", 4, range(8, 30, 1)),
          new Size("8", 8, range(16, 60, 4)),
          new Size("16", 16, range(32, 120, 8)));

  private Sizes() {}

  private static List<Integer> range(int firstGib, int lastGib, int step) {
    return IntStream.rangeClosed(0, (lastGib - firstGib) / step)
        .map(i -> (firstGib + i * step) * 1024)
        .boxed()
        .toList();
  }

  /** The memory in MiB, rounded up. */
  public static long mib(Memory memory) {
    return Math.max(LEAST_MIB, memory.toMiBCeil());
  }

  /** The requirements; empty if there is no such size on Fargate. */
  static Optional<List<ResourceRequirement>> requirements(
      Resources resources, Memory memory, boolean fargate) {
    List<ResourceRequirement> all = new ArrayList<>();
    if (fargate) {
      Optional<Map<ResourceType, String>> size = onFargate(resources.cpusPerNode(), mib(memory));
      if (size.isEmpty()) {
        return Optional.empty();
      }
      size.get().forEach((type, value) -> all.add(requirement(type, value)));
    } else {
      all.add(requirement(ResourceType.VCPU, "" + resources.cpusPerNode()));
      all.add(requirement(ResourceType.MEMORY, "" + mib(memory)));
    }
    if (resources.gpusPerNode() > 0) {
      all.add(requirement(ResourceType.GPU, "" + resources.gpusPerNode()));
    }
    return Optional.of(all);
  }

  private static ResourceRequirement requirement(ResourceType type, String value) {
    return ResourceRequirement.builder().type(type).value(value).build();
  }

  private static Optional<Map<ResourceType, String>> onFargate(int cpus, long mib) {
    return FARGATE.stream()
        .filter(size -> size.number() >= cpus)
        .flatMap(
            size ->
                size.mib().stream()
                    .filter(most -> most >= mib)
                    .limit(1)
                    .map(
                        some -> {
                          Map<ResourceType, String> map = new TreeMap<>();
                          map.put(ResourceType.VCPU, size.cpus());
                          map.put(ResourceType.MEMORY, "" + some);
                          return map;
                        }))
        .findFirst();
  }

  /** How what is sent differs from what was asked for, by fields; empty if it does not. */
  public static Map<String, String> rounded(JobRequest request, boolean fargate) {
    Resources r = request.effective().resources();
    Map<String, String> notes = new TreeMap<>();
    requirements(r, r.memoryPerNode(), fargate)
        .ifPresent(
            all ->
                all.forEach(
                    one -> {
                      long value = Long.parseLong(one.value());
                      if (one.type() == ResourceType.VCPU && value != r.cpusPerNode()) {
                        notes.put("resources.cpusPerTask", r.cpusPerNode() + " to " + value);
                      }
                      if (one.type() == ResourceType.MEMORY
                          && value * MIB != r.memoryPerNode().bytes()) {
                        notes.put("resources.memory", r.memoryPerNode() + " to " + value + " MiB");
                      }
                    }));
    return notes;
  }

  /** Whether it fits a size of Fargate's. */
  public static boolean fitsFargate(Resources resources) {
    return requirements(resources, resources.memoryPerNode(), true).isPresent();
  }

  /** The sizes of Fargate's, for people. */
  public static Stream<String> fargate() {
    return FARGATE.stream()
        .map(
            size ->
                size.cpus()
                    + " vCPU with "
                    + size.mib().get(0) / 1024
                    + " to "
                    + size.mib().get(size.mib().size() - 1) / 1024
                    + " GiB");
  }
}
