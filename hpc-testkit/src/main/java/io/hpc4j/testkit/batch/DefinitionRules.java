package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What AWS refuses of a job definition. */
final class DefinitionRules {
  private static final int MINIMUM_TIMEOUT = 60;
  private static final int HIGHEST_PRIORITY = 9999;
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,7}(\\.\\d{1,4})?");
  private static final Set<String> KINDS = Set.of("VCPU", "MEMORY", "GPU");

  /** The memory that goes with each number of vCPUs on Fargate, in MiB: least, most and step. */
  private static final Map<String, List<Integer>> FARGATE_MEMORY =
      Map.of(
          "0.25", List.of(512, 2048, 512),
          "0.5", List.of(1024, 4096, 1024),
          "1", List.of(2048, 8192, 1024),
          "2", List.of(4096, 16_384, 1024),
          "4", List.of(8192, 30_720, 1024),
          "8", List.of(16_384, 61_440, 4096),
          "16", List.of(32_768, 122_880, 8192));

  private DefinitionRules() {}

  static void check(JsonNode request) {
    String type = Json.required(request, "type");
    Names.checkTags(request);
    Retries.check(Json.member(request, "retryStrategy"));
    checkTimeout(Json.member(request, "timeout"));
    checkPriority(request, "schedulingPriority");
    boolean fargate = Json.texts(request, "platformCapabilities").contains("FARGATE");
    switch (type) {
      case "container" -> {
        boolean task = Json.has(request, "ecsProperties");
        if (task == Json.has(request, "containerProperties")) {
          throw ApiException.client(
              "containerProperties must be provided for type container, or else ecsProperties");
        }
        if (task) {
          EcsTasks.check(Json.member(request, "ecsProperties"), fargate);
        } else {
          checkContainer(Json.member(request, "containerProperties"), fargate);
        }
      }
      case "multinode" -> {
        if (fargate) {
          throw ApiException.client("Multi-node parallel jobs do not run on Fargate");
        }
        NodeRanges.check(Json.member(request, "nodeProperties"));
      }
      default -> throw ApiException.client("type must be container or multinode: " + type);
    }
  }

  static void checkTimeout(JsonNode timeout) {
    if (timeout.isMissingNode()) {
      return;
    }
    int seconds = Json.integer(timeout, "attemptDurationSeconds", MINIMUM_TIMEOUT);
    if (seconds < MINIMUM_TIMEOUT) {
      throw ApiException.client("attemptDurationSeconds must be at least 60: " + seconds);
    }
  }

  static void checkPriority(JsonNode request, String member) {
    int priority = Json.integer(request, member, 0);
    if (priority < 0 || priority > HIGHEST_PRIORITY) {
      throw ApiException.client(member + " must be 0 to 9999: " + priority);
    }
  }

  /** Checks the members that both a definition and overrides have. */
  static void checkWork(JsonNode container) {
    if (Json.texts(container, "command").contains("")) {
      throw ApiException.client("Command cannot be empty");
    }
    for (String name : Json.pairs(container, "environment").keySet()) {
      if (name.startsWith("AWS_BATCH")) {
        throw ApiException.client(
            "Environment variables must not start with AWS_BATCH, which is reserved: " + name);
      }
    }
    for (JsonNode requirement : container.path("resourceRequirements")) {
      String kind = Json.required(requirement, "type");
      if (!KINDS.contains(kind)) {
        throw ApiException.client("resourceRequirements.type must be one of " + KINDS);
      }
      BigDecimal value = number(Json.required(requirement, "value"));
      if (value.signum() <= 0 || (!kind.equals("VCPU") && value.stripTrailingZeros().scale() > 0)) {
        throw ApiException.client(
            "resourceRequirements.value of " + kind + " is not valid: " + value);
      }
    }
  }

  private static BigDecimal number(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw ApiException.client("resourceRequirements.value is not a number: " + text);
    }
    return new BigDecimal(text);
  }

  static void checkContainer(JsonNode container, boolean fargate) {
    Json.required(container, "image");
    checkWork(container);
    String cpus = Containers.requirement(container, "VCPU", "vcpus");
    String memory = Containers.requirement(container, "MEMORY", "memory");
    if (cpus.isEmpty() || memory.isEmpty()) {
      throw ApiException.client("Container properties must have VCPU and MEMORY requirements");
    }
    if (fargate) {
      Json.required(container, "executionRoleArn");
      checkNotOnFargate(container);
      checkFargateSize(cpus, memory);
      checkStorage(container);
    } else if (number(cpus).stripTrailingZeros().scale() > 0) {
      throw ApiException.client("VCPU must be a whole number on EC2: " + cpus);
    } else if (number(memory).intValue() < 4) {
      throw ApiException.client("MEMORY must be at least 4 MiB: " + memory);
    }
  }

  static void checkNotOnFargate(JsonNode container) {
    if (container.path("privileged").asBoolean()
        || !container.path("ulimits").isEmpty()
        || !Containers.requirement(container, "GPU", "").isEmpty()) {
      throw ApiException.client("privileged, ulimits and GPU cannot be specified for Fargate");
    }
    for (String member : List.of("devices", "sharedMemorySize", "tmpfs", "maxSwap", "swappiness")) {
      if (Json.has(container.path("linuxParameters"), member)) {
        throw ApiException.client("linuxParameters." + member + " cannot be specified for Fargate");
      }
    }
  }

  static void checkFargateSize(String cpus, String memory) {
    List<Integer> sizes = FARGATE_MEMORY.get(number(cpus).stripTrailingZeros().toPlainString());
    int mebibytes = number(memory).intValue();
    if (sizes == null
        || mebibytes < sizes.get(0)
        || mebibytes > sizes.get(1)
        || (mebibytes - sizes.get(0)) % sizes.get(2) != 0) {
      throw ApiException.client(
          "Fargate resource requirements (" + cpus + " vCPU, " + memory + " MiB) not valid.");
    }
  }

  static void checkStorage(JsonNode container) {
    int ephemeral = Json.integer(container.path("ephemeralStorage"), "sizeInGiB", 21);
    if (ephemeral < 21 || ephemeral > 200) {
      throw ApiException.client("ephemeralStorage.sizeInGiB must be 21 to 200: " + ephemeral);
    }
  }
}
