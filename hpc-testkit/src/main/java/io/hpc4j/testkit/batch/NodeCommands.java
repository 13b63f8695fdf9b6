package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One command for all nodes of a multi-node job, which the scheduler starts alike: a shell that
 * finds out which node it is on, and runs that node's container. The scheduler's first node is the
 * main one, so the two change places. How a child node ends is written to a file, and is of no
 * account to the others.
 */
final class NodeCommands {
  private NodeCommands() {}

  /**
   * The command.
   *
   * @param files where the files of the parts are, but for their numbers and endings
   */
  static List<String> of(BatchJob.Submitted submitted, String files) {
    int main = submitted.mainPart();
    StringBuilder script = new StringBuilder();
    script.append("n=${AWS_BATCH_JOB_NODE_INDEX:-0}; m=").append(main).append('\n');
    script.append("if [ $n = 0 ]; then n=$m; elif [ $n = $m ]; then n=0; fi\n");
    script.append("export AWS_BATCH_JOB_NODE_INDEX=$n\n");
    script.append("[ $n = $m ] || export AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS=127.0.0.1\n");
    script.append("case $n in\n");
    nodesByContainer(submitted)
        .forEach((container, nodes) -> addCase(script, submitted, container, nodes));
    script.append("esac\n");
    script.append("if [ $n = $m ]; then exec \"$@\"; fi\n");
    script.append("trap : TERM\n\"$@\"\necho $? >").append(Shell.quote(files)).append(".$n.exit\n");
    script.append("exit 0\n");
    return List.of("/bin/sh", "-c", script.toString(), "node");
  }

  private static Map<JsonNode, List<Integer>> nodesByContainer(BatchJob.Submitted submitted) {
    Map<JsonNode, List<Integer>> nodes = new LinkedHashMap<>();
    for (int node = 0; node < submitted.containers().size(); node++) {
      nodes.computeIfAbsent(submitted.containers().get(node), any -> new ArrayList<>()).add(node);
    }
    return nodes;
  }

  private static void addCase(
      StringBuilder script, BatchJob.Submitted submitted, JsonNode container, List<Integer> nodes) {
    script.append(nodes.stream().map(String::valueOf).collect(Collectors.joining("|")));
    script.append(")\n");
    if (!container.equals(submitted.main())) {
      Json.pairs(submitted.main(), "environment").keySet().stream()
          .filter(NodeCommands::isName)
          .forEach(name -> script.append("unset ").append(name).append('\n'));
      Json.pairs(container, "environment")
          .forEach(
              (name, value) -> {
                if (isName(name)) {
                  script.append("export ").append(name).append('=').append(Shell.quote(value));
                  script.append('\n');
                }
              });
    }
    List<String> command = Containers.command(container, submitted.parameters());
    script.append("set --");
    script.append(Shell.words(command.isEmpty() ? List.of("true") : command)).append(";;\n");
  }

  private static boolean isName(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*");
  }
}
