package io.hpc4j.batch.request;

import io.hpc4j.model.Work;
import io.hpc4j.spi.Interpreter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A few lines of shell before a job's own command. They set what is known at run time only, change
 * the directory, and write a script to a file; then the command takes the shell's place. Variables
 * that they need for themselves begin with {@code HPC4J_} too, which no job uses. Pure.
 */
final class Shim {
  /** Our elements of an array's part, in the order of AWS's: {@code 0-9:2,17}. */
  static final String INDICES = "HPC4J_INDICES";

  /** The first attempt that a job makes, where that is not 1. */
  static final String FIRST_ATTEMPT = "HPC4J_FIRST_ATTEMPT";

  static final String DIRECTORY = "HPC4J_DIRECTORY";

  private static final String ALWAYS =
      "export HPC4J_ATTEMPT=$((${HPC4J_FIRST_ATTEMPT:-1}+${AWS_BATCH_JOB_ATTEMPT:-1}-1))"
          + " HPC4J_NODE_INDEX=${AWS_BATCH_JOB_NODE_INDEX:-0}"
          + " HPC4J_TASK_INDEX=${AWS_BATCH_JOB_NODE_INDEX:-0}\n";

  /** Finds the element whose position is AWS's index, run by run. */
  private static final String IN_ARRAY =
      """
      HPC4J_K=${AWS_BATCH_JOB_ARRAY_INDEX:-0} HPC4J_L=$HPC4J_INDICES,
      while [ -n "$HPC4J_L" ]; do
      HPC4J_R=${HPC4J_L%%,*} HPC4J_L=${HPC4J_L#*,} HPC4J_S=1
      case $HPC4J_R in *:*) HPC4J_S=${HPC4J_R#*:} HPC4J_R=${HPC4J_R%:*};; esac
      HPC4J_A=${HPC4J_R%-*} HPC4J_N=$(( (${HPC4J_R#*-}-${HPC4J_R%-*})/HPC4J_S+1))
      [ $HPC4J_K -ge $HPC4J_N ] || break
      HPC4J_K=$((HPC4J_K-HPC4J_N))
      done
      export HPC4J_ARRAY_INDEX=$((HPC4J_A+HPC4J_K*HPC4J_S))
      """;

  private static final String ON_NODES =
      "export HPC4J_MAIN_NODE=${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-"
          + "$(hostname 2>/dev/null)}\n";

  private static final String IN_DIRECTORY = "cd \"$HPC4J_DIRECTORY\" || exit 126\n";

  private static final String TO_FILE =
      """
      HPC4J_F=${TMPDIR:-/tmp}/hpc4j-$HPC4J_JOB_ID-$$
      printf %s "$1" >"$HPC4J_F" || exit 126
      shift
      """;

  private Shim() {}

  /** The command to send. */
  static List<String> command(Work work, boolean array, boolean nodes, boolean directory) {
    String before =
        ALWAYS
            + (array ? IN_ARRAY : "")
            + (nodes ? ON_NODES : "")
            + (directory ? IN_DIRECTORY : "");
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c"));
    if (work instanceof Work.Script script) {
      String interpreter =
          Interpreter.of(script.text()).stream().map(Shim::quoted).collect(Collectors.joining(" "));
      all.add(before + TO_FILE + "exec " + interpreter + " \"$HPC4J_F\" \"$@\"");
      all.add("sh");
      all.add(script.text());
      all.addAll(script.arguments());
    } else {
      all.add(before + "exec \"$@\"");
      all.add("sh");
      all.addAll(plain(work));
    }
    return all;
  }

  /** The command as it is. */
  static List<String> plain(Work work) {
    return work instanceof Work.Command command ? command.arguments() : List.of();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
