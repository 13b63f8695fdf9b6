package io.hpc4j.batch;

import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Placement;
import io.hpc4j.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.batch.model.ComputeResource;

/** AWS Batch's rules of compute environments, as far as it states them. Pure. */
final class EnvironmentRules {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final String NAMES = "must be 1..128 letters, digits, _ and -";
  private static final int MOST_SUBNETS = 16;
  private static final int MOST_TAGS = 49; // and ours
  private static final int LONGEST_KEY = 128;
  private static final int LONGEST_VALUE = 256;
  private static final Set<String> OF_FARGATE =
      Set.of("type", "maxvCpus", "subnets", "securityGroupIds");
  private static final Set<String> OF_UNMANAGED = Set.of("maxvCpus");

  private EnvironmentRules() {}

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  static void name(String field, String name, List<Problem> problems) {
    if (!isName(name)) {
      problems.add(Problem.of(field, name, NAMES));
    }
  }

  static boolean isFargate(String type) {
    return type.startsWith("FARGATE");
  }

  /** What a queue says of an environment that AWS Batch has no word for. */
  static void declared(ComputeEnvironment declared, boolean fargate, List<Problem> problems) {
    String field = field(declared.name());
    name("environments.name", declared.name(), problems);
    if (!declared.consumables().isEmpty()) {
      problems.add(
          Problem.of(
              field + "consumables",
              declared.consumables().keySet(),
              "an environment of AWS Batch has none: create consumable resources"));
    }
    if (declared.placement() != Placement.PACK) {
      problems.add(
          Problem.of(field + "placement", declared.placement(), "AWS Batch chooses instances"));
    }
    if (fargate && declared.nodes().values().stream().anyMatch(node -> node.gpus() > 0)) {
      problems.add(Problem.of(field + "gpus", declared, "Fargate has no GPUs"));
    }
  }

  private static String field(String name) {
    return "environments." + name + ".";
  }

  /** What is wrong with one that is to be created or updated. */
  static void stated(BatchEnvironment stated, ComputeEnvironment declared, List<Problem> problems) {
    ComputeResource resources = stated.resources(declared);
    String field = field(stated.name());
    String type = stated.type();
    if (isFargate(type)) {
      only(resources, OF_FARGATE, type, field, problems);
      needs(resources.securityGroupIds(), field + "securityGroupIds", type, problems);
    } else if (!stated.isManaged()) {
      only(resources, OF_UNMANAGED, type, field, problems);
    } else {
      needs(resources.instanceTypes(), field + "instanceTypes", type, problems);
      if (resources.instanceRole() == null) {
        problems.add(Problem.of(field + "instanceRole", "", type + " needs one"));
      }
    }
    if (stated.isManaged()) {
      needs(resources.subnets(), field + "subnets", type, problems);
      strategy(resources, field, problems);
    }
    if (resources.subnets().size() > MOST_SUBNETS) {
      problems.add(
          Problem.of(field + "subnets", resources.subnets(), "must be at most " + MOST_SUBNETS));
    }
    sizes(resources, field, problems);
    tags(stated.tags(), field, problems);
  }

  private static void only(
      ComputeResource resources,
      Set<String> known,
      String type,
      String field,
      List<Problem> problems) {
    new TreeMap<>(Differences.stated(resources))
        .forEach(
            (member, value) -> {
              if (!known.contains(member)) {
                problems.add(Problem.of(field + member, value, type + " knows none"));
              }
            });
  }

  private static void needs(List<String> some, String field, String type, List<Problem> problems) {
    if (some.isEmpty()) {
      problems.add(Problem.of(field, "", type + " needs at least one"));
    }
  }

  private static void strategy(ComputeResource resources, String field, List<Problem> problems) {
    String strategy = String.valueOf(resources.allocationStrategyAsString());
    if (strategy.startsWith("SPOT_") && !resources.typeAsString().equals("SPOT")) {
      problems.add(Problem.of(field + "allocationStrategy", strategy, "is for SPOT only"));
    }
    if (strategy.equals("BEST_FIT_PROGRESSIVE_ORDERED")
        && !resources.typeAsString().equals("EC2")) {
      problems.add(Problem.of(field + "allocationStrategy", strategy, "is for EC2 only"));
    }
  }

  private static void sizes(ComputeResource resources, String field, List<Problem> problems) {
    int most = resources.maxvCpus();
    int least = resources.minvCpus() == null ? 0 : resources.minvCpus();
    if (most < 1) {
      problems.add(Problem.of(field + "maxvCpus", most, "must be at least 1"));
    }
    if (least < 0 || least > Math.max(1, most)) {
      problems.add(Problem.of(field + "minvCpus", least, "must be 0..maxvCpus"));
    }
  }

  private static void tags(Map<String, String> tags, String field, List<Problem> problems) {
    if (tags.size() > MOST_TAGS) {
      problems.add(Problem.of(field + "tags", tags.size(), "must be at most " + MOST_TAGS));
    }
    tags.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > LONGEST_KEY || value.length() > LONGEST_VALUE) {
            problems.add(
                Problem.of(field + "tags", key, "has 1..128 characters, and 256 in its value"));
          }
          if (key.equals(Account.TAG)) {
            problems.add(Problem.of(field + "tags", key, "marks what this library has made"));
          }
        });
  }
}
