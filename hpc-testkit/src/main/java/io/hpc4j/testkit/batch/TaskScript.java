package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One command for the containers of a task: a shell that starts each as soon as those that it
 * depends on allow, and ends with the first essential one that ends. Each container has a shell of
 * its own that waits for it and tells its end through a pipe; how it ended is written to a file.
 */
final class TaskScript {
  private static final int STOP_TIMEOUT = 30;

  /** The shell ignores SIGTERM, so that it is there to tell how the containers took it. */
  private static final String START =
      """
      trap '' TERM
      mkfifo "$d.ends" && exec 3<>"$d.ends" || exit 126
      running=0
      start() {
        (
          p=
          again=
          trap 'again=1; [ -z "$p" ] || kill -TERM "$p"' TERM
          trap 'again=1; kill -KILL "$p"' USR1
          work "$1" >"$d.$1.log" 2>&1 3>&- </dev/null &
          p=$!
          wait "$p"; c=$?
          # a signal ends the waiting, not the container; what was told already is told as 127
          while [ -n "$again" ]; do again=; wait "$p"; s=$?; [ "$s" = 127 ] || c=$s; done
          echo "$1 $c" >&3
        ) &
        running=$((running + 1))
      }
      stop() {
        kill -TERM "$1"
        (trap - TERM; exec 3>&-; sleep "$2"; kill -USR1 "$1") 2>/dev/null &
      }
      ended() {
        read -r i c <&3
        echo "$c" >"$d.$i.exit"
        running=$((running - 1))
        eval "e$i=$c"
      }
      """;

  private static final String FOLLOW =
      """
      next
      code=
      while [ -z "$code" ] && [ $running -gt 0 ]; do
        ended
        if essential "$i"; then code=$c; else next; fi
      done
      [ -n "$code" ] || { : >"$d.unmet"; exit 1; }
      [ $running = 0 ] || end
      while [ $running -gt 0 ]; do ended; done
      exit "$code"
      """;

  private final List<JsonNode> containers;
  private final StringBuilder script = new StringBuilder();

  private TaskScript(List<JsonNode> containers) {
    this.containers = containers;
  }

  /**
   * The command.
   *
   * @param files where the files of the parts are, but for their numbers and endings
   */
  static List<String> of(BatchJob.Submitted submitted, String files) {
    TaskScript made = new TaskScript(submitted.containers());
    made.script.append("d=").append(Shell.quote(files)).append('\n').append(START);
    made.addWork(submitted);
    made.addEssential();
    made.addNext();
    made.addEnd();
    return List.of("/bin/sh", "-c", made.script.append(FOLLOW).toString(), "task");
  }

  private void addWork(BatchJob.Submitted submitted) {
    script.append("work() {\ncase $1 in\n");
    for (int i = 0; i < containers.size(); i++) {
      script.append(i).append(") exec env");
      Json.pairs(containers.get(i), "environment")
          .forEach((name, value) -> script.append(' ').append(Shell.quote(name + "=" + value)));
      List<String> command = Containers.command(containers.get(i), submitted.parameters());
      script.append(Shell.words(command.isEmpty() ? List.of("true") : command)).append(";;\n");
    }
    script.append("esac\n}\n");
  }

  private void addEssential() {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < containers.size(); i++) {
      if (EcsTasks.isEssential(containers.get(i))) {
        numbers.add(String.valueOf(i));
      }
    }
    script.append("essential() { case $1 in ").append(String.join("|", numbers));
    script.append(") ;; *) false;; esac; }\n");
  }

  /** Starts what may start now; what it depends on stands before it. */
  private void addNext() {
    script.append("next() {\n");
    for (JsonNode container : EcsTasks.inOrder(containers)) {
      int i = containers.indexOf(container);
      script.append("if [ -z \"$s").append(i).append("\" ]");
      container.path("dependsOn").forEach(this::addCondition);
      script.append("; then start ").append(i).append("; s").append(i).append("=$!; fi\n");
    }
    script.append("}\n");
  }

  private void addCondition(JsonNode dependency) {
    int on = 0;
    while (!EcsTasks.name(containers.get(on)).equals(Json.text(dependency, "containerName", ""))) {
      on++;
    }
    script.append(" && [ ");
    switch (Json.text(dependency, "condition", "")) {
      case "COMPLETE" -> script.append("-n \"$e").append(on).append('"');
      case "SUCCESS" -> script.append("\"$e").append(on).append("\" = 0");
      default -> script.append("-n \"$s").append(on).append('"');
    }
    script.append(" ]");
  }

  private void addEnd() {
    script.append("end() {\n");
    for (int i = 0; i < containers.size(); i++) {
      script.append("[ -z \"$s").append(i).append("\" ] || [ -n \"$e").append(i);
      script.append("\" ] || stop \"$s").append(i).append("\" ");
      script.append(Json.integer(containers.get(i), "stopTimeout", STOP_TIMEOUT)).append('\n');
    }
    script.append("}\n");
  }
}
