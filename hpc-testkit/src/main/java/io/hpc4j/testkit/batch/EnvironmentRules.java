package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** What AWS refuses of the {@code computeResources} of a managed compute environment. */
final class EnvironmentRules {
  private static final Set<String> TYPES = Set.of("EC2", "SPOT", "FARGATE", "FARGATE_SPOT");
  private static final List<String> NOT_ON_FARGATE =
      List.of(
          "minvCpus",
          "desiredvCpus",
          "instanceTypes",
          "instanceRole",
          "allocationStrategy",
          "launchTemplate",
          "ec2KeyPair",
          "placementGroup",
          "imageId",
          "bidPercentage",
          "spotIamFleetRole",
          "ec2Configuration",
          "tags");

  private EnvironmentRules() {}

  static void check(JsonNode resources) {
    if (resources.isMissingNode()) {
      throw ApiException.client("computeResources must be provided for a MANAGED environment");
    }
    String type = Json.required(resources, "type");
    if (!TYPES.contains(type)) {
      throw ApiException.client("computeResources.type " + type + " is not one of " + TYPES);
    }
    if (Json.integer(resources, "maxvCpus", 0) < 1) {
      throw ApiException.client("computeResources.maxvCpus must be at least 1");
    }
    if (type.startsWith("FARGATE")) {
      for (String member : NOT_ON_FARGATE) {
        refuse(resources, member, "cannot be specified for Fargate");
      }
      require(resources, "securityGroupIds");
    } else {
      require(resources, "instanceTypes");
      Json.required(resources, "instanceRole");
    }
    require(resources, "subnets");
    if (resources.path("subnets").size() > 16) {
      throw ApiException.client("computeResources.subnets must have at most 16 entries");
    }
    checkStrategy(resources, type);
    checkNumbers(resources);
  }

  private static void checkNumbers(JsonNode resources) {
    int least = Json.integer(resources, "minvCpus", 0);
    int most = Json.integer(resources, "maxvCpus", 0);
    int desired = Json.integer(resources, "desiredvCpus", least);
    if (least > most || desired < least || desired > most) {
      throw ApiException.client(
          "computeResources.desiredvCpus must be between minvCpus and maxvCpus: "
              + (least + ", " + desired + ", " + most));
    }
    int delay = Json.integer(resources.path("scalingPolicy"), "minScaleDownDelayMinutes", 0);
    if (delay != 0 && (delay < 20 || delay > 10_080)) {
      throw ApiException.client("minScaleDownDelayMinutes must be 20 to 10080, or 0: " + delay);
    }
  }

  private static void checkStrategy(JsonNode resources, String type) {
    String strategy = Json.text(resources, "allocationStrategy", "");
    if (strategy.startsWith("SPOT_") && !type.equals("SPOT")) {
      throw ApiException.client("allocationStrategy " + strategy + " is for SPOT only");
    }
    if (strategy.equals("BEST_FIT_PROGRESSIVE_ORDERED") && !type.equals("EC2")) {
      throw ApiException.client("allocationStrategy " + strategy + " is for EC2 only");
    }
  }

  private static void require(JsonNode resources, String list) {
    if (resources.path(list).isEmpty()) {
      throw ApiException.client("computeResources." + list + " must not be empty");
    }
  }

  private static void refuse(JsonNode object, String member, String why) {
    if (Json.has(object, member)) {
      throw ApiException.client("computeResources." + member + " " + why);
    }
  }
}
