package io.hpc4j.local;

import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what queues and environments that are declared together say against each other. Pure. */
final class Declarations {
  private Declarations() {}

  static List<String> contradictions(List<JobQueue> queues) {
    List<String> found = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Map<String, ComputeEnvironment> environments = new HashMap<>();
    Map<String, String> nodes = new HashMap<>();
    for (JobQueue queue : queues) {
      if (!names.add(queue.name())) {
        found.add("there are two queues " + queue.name());
      }
      for (ComputeEnvironment environment : queue.environments()) {
        ComputeEnvironment other = environments.putIfAbsent(environment.name(), environment);
        if (other == null) {
          checkNodes(environment, nodes, found);
        } else if (!other.equals(environment)) {
          found.add("there are two different environments " + environment.name());
        }
      }
    }
    return found;
  }

  private static void checkNodes(
      ComputeEnvironment environment, Map<String, String> nodes, List<String> found) {
    for (String node : environment.nodes().keySet()) {
      String other = nodes.putIfAbsent(node, environment.name());
      if (other != null) {
        found.add("node " + node + " is both in " + other + " and in " + environment.name());
      }
    }
  }
}
