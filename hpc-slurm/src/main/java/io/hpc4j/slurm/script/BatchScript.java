package io.hpc4j.slurm.script;

import static io.hpc4j.slurm.script.ShellWord.quote;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Resources;
import io.hpc4j.model.Variables;
import io.hpc4j.model.Work;
import io.hpc4j.spi.FailureBudget;
import io.hpc4j.spi.Interpreter;
import io.hpc4j.spi.OutputPattern;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The script that Slurm runs for a job: it tells the job who and where it is, opens its files,
 * starts its work, and leaves a record of how that ended. For any POSIX shell. Pure.
 *
 * <p>The record, {@code <folder>/<token>/<index or job>.<attempt>}, is there when Slurm has
 * forgotten the job; it is missing when the script was killed. Its words are {@code v1}, Slurm's
 * job id, what happened ({@link #RAN} and so on), the exit status, start and end in epoch seconds.
 * Since the start there is {@code <the same>.start}, with Slurm's id of the job or array alone.
 */
public final class BatchScript {
  /** The work ran, to an end of its own. */
  public static final String RAN = "ran";

  /** The work ended after Slurm had asked it to. */
  public static final String ASKED = "asked";

  /** The work could not be started. */
  public static final String LAUNCH = "launch";

  /** The work was not started, because too many elements before it have failed. */
  public static final String SKIPPED = "skipped";

  private static final String HEAD =
      """
      h4j_path=$PATH
      h4j_start=$(date +%s)
      h4j_asked=
      h4j_local=
      # A shell that ends at once would take its children's time to end.
      trap 'h4j_asked=1' TERM
      h4j_record() {
        PATH=$h4j_path
        [ "$1" = skipped ] || [ -z "$h4j_asked" ] || set -- asked "$2"
        printf 'v1 %s %s %s %s %s %s\\n' "$SLURM_JOB_ID" "${SLURM_RESTART_COUNT:-0}" "$1" "$2" \\
          "${h4j_start:-$(date +%s)}" "$(date +%s)" \\
          >"$h4j_file.$$" && mv -f "$h4j_file.$$" "$h4j_file"
      } 2>/dev/null
      h4j_fail() {
        # what asks it to end may have met a part of this before this
        [ "$?" -le 128 ] || sleep 1
        h4j_record launch "$1"
        h4j_exit "$1"
      }
      h4j_exit() {
        # who asks it to end is about to cancel it, and Slurm is to say so
        [ -z "$h4j_asked" ] || sleep 2
        [ -z "$h4j_local" ] || rm -rf -- "$h4j_local"
        exit "$1"
      }
      """;

  /** What has been asked to end is not started any more. */
  private static final String UNLESS_ASKED = "[ -z \"$h4j_asked\" ] || h4j_fail 143\n";

  private static final String NODES =
      """
      case $SLURM_JOB_NODELIST in
        *[[]*) HPC4J_NODE_LIST=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | tr '\\n' ,) ;;
        *) HPC4J_NODE_LIST=$SLURM_JOB_NODELIST ;;
      esac
      HPC4J_NODE_LIST=${HPC4J_NODE_LIST%,}
      HPC4J_MAIN_NODE=${HPC4J_NODE_LIST%%,*}
      export HPC4J_NODE_LIST HPC4J_MAIN_NODE
      """;

  /** Starts the work in place of a subshell: the program has to be there before the shell looks. */
  private static final String EXEC =
      """
      case $1 in
        */*) [ -f "$1" ] && [ -x "$1" ] || h4j_fail 127 ;;
        *) (%scommand -v -- "$1") >/dev/null 2>&1 || h4j_fail 127 ;;
      esac
      case $1 in
        *=*) set -- /bin/sh -c 'exec "$@"' sh "$@" ;;
      esac
      set -- "$(command -v env)" -- %s"$@"
      %sexec "$@"
      """;

  private final NativeJob job;
  private final JobDefinition definition;
  private final String directory;
  private final String folder;
  private final UnaryOperator<String> values;
  private final StringBuilder out = new StringBuilder("#!/bin/sh\n");

  private BatchScript(
      NativeJob job, String directory, String folder, UnaryOperator<String> values) {
    this.job = job;
    this.directory = directory;
    this.definition = job.request().effective();
    this.folder = folder + "/" + job.id().token();
    this.values = values;
  }

  /**
   * Returns the script.
   *
   * @param directory where the job runs; where Slurm cannot go there, it would run it elsewhere
   * @param folder where the records of all jobs are, an absolute path
   */
  public static String of(NativeJob job, String directory, String folder) {
    return new BatchScript(job, directory, folder, value -> value).render();
  }

  /** Returns the script with the values of the job's own variables left out, to be shown. */
  public static String withoutValues(NativeJob job, String directory, String folder) {
    return new BatchScript(job, directory, folder, value -> "...").render();
  }

  /** The longest argument or variable that Linux passes to a program: MAX_ARG_STRLEN. */
  public static final int LONGEST_TASK = 128 << 10;

  /**
   * How many bytes the variable has in which {@code srun} passes on what starts each task; 0 if
   * there is none. Unlike the script, it must not have more than {@link #LONGEST_TASK}.
   */
  public static int taskSize(NativeJob job) {
    return job.launch() == Launch.MAIN
        ? 0
        : ("h4j_task=" + new BatchScript(job, "", "", v -> v).task() + '\0').getBytes(UTF_8).length;
  }

  private String render() {
    out.append(HEAD);
    ours();
    out.append(NODES);
    out.append("h4j_dir=").append(quote(folder)).append('\n');
    out.append("mkdir -p -- \"$h4j_dir\" 2>/dev/null\n");
    out.append("h4j_key=")
        .append(job.isArray() ? "$HPC4J_ARRAY_INDEX" : "job")
        .append(".$h4j_no\n");
    out.append("h4j_file=$h4j_dir/$h4j_key\nrm -f -- \"$h4j_file\"\n");
    out.append("h4j_shared=1\n(echo \"${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}\"");
    out.append(" >\"$h4j_file.start\") 2>/dev/null || h4j_shared=\n");
    out.append("cd -- ").append(quote(directory)).append(" 2>/dev/null || h4j_fail 126\n");
    budget();
    if (job.launch() != Launch.MAIN || definition.work().orElse(null) instanceof Work.Script) {
      place();
    }
    work();
    if (job.launch() == Launch.MAIN) {
      out.append("export HPC4J_NODE_INDEX=0 HPC4J_TASK_INDEX=0\n");
      open();
      out.append(UNLESS_ASKED).append("(\n");
      exec();
      out.append(")\nh4j_status=$?\n");
    } else {
      steps();
    }
    // what was cancelled has not failed, but a sequence does not go on after it either
    String counts = job.request().sequential() ? "" : "[ -n \"$h4j_asked\" ] || ";
    out.append("[ \"$h4j_status\" = 0 ] || ").append(counts);
    out.append("(: >\"$h4j_dir/failed.$h4j_key\") 2>/dev/null\n");
    out.append("[ -e \"$h4j_file\" ] || h4j_record ran \"$h4j_status\"\n");
    if (definition.work().orElse(null) instanceof Work.Script) {
      out.append("rm -f -- \"$h4j_script\"\n");
    }
    return out.append("h4j_exit \"$h4j_status\"\n").toString();
  }

  /** What a job is always told; a requeue by Slurm is a further attempt. */
  private void ours() {
    JobRequest request = job.request();
    out.append("h4j_no=").append(job.attempt()).append('\n');
    out.append("HPC4J_ATTEMPT=$((h4j_no + ${SLURM_RESTART_COUNT:-0}))\n");
    out.append("h4j_again=\n[ \"$HPC4J_ATTEMPT\" = 1 ] || h4j_again=.attempt$HPC4J_ATTEMPT\n");
    if (request.isArray()) {
      out.append("export HPC4J_ARRAY_INDEX=$((SLURM_ARRAY_TASK_ID + ");
      out.append(job.offset()).append("))\n");
    }
    out.append("export HPC4J_ATTEMPT");
    set(Variables.JOB_ID, job.id().token());
    set(Variables.JOB_NAME, definition.name());
    set(Variables.ARRAY_SIZE, String.valueOf(request.size()));
    set(Variables.NUM_NODES, String.valueOf(definition.resources().nodes()));
    out.append('\n');
    // what a login would set, where --export has taken it away
    out.append(
        "export USER=\"${USER:-$(id -un)}\" HOME=\"${HOME:-/}\" SHELL=\"${SHELL:-/bin/sh}\"");
    out.append(" LANG=\"${LANG:-C.UTF-8}\" TMPDIR=\"${TMPDIR:-/tmp}\"\n");
  }

  private void set(String variable, String value) {
    out.append(' ').append(variable).append('=').append(quote(value));
  }

  /** Does not start an element when more have failed than may; a sequence stops at the first. */
  private void budget() {
    JobRequest request = job.request();
    Optional<FailureBudget> budget = Budget.of(request);
    if (budget.isPresent() && definition.retry().maxAttempts() == 1) {
      out.append("h4j_failed=0\nfor h4j_each in \"$h4j_dir\"/failed.*; do\n");
      out.append("  [ ! -e \"$h4j_each\" ] || h4j_failed=$((h4j_failed + 1))\ndone\n");
      out.append("if [ \"$h4j_failed\" -gt ").append(budget.get().most()).append(" ]; then\n");
      out.append("  h4j_record skipped 125\n  exit 125\nfi\n");
    }
  }

  /**
   * Where the script and what its tasks say is kept: with the records or, where a node cannot write
   * there, in a folder of its own. Slurm would tell nobody that the work cannot run.
   */
  private void place() {
    boolean onSeveral =
        job.launch() != Launch.MAIN
            && definition.resources().nodes() > 1
            && definition.work().orElse(null) instanceof Work.Script;
    out.append("if [ -z \"$h4j_shared\" ]; then\n");
    if (!onSeveral) {
      out.append("h4j_local=$( (mktemp -d || TMPDIR=/tmp mktemp -d) 2>/dev/null)\n");
    }
    out.append("if [ -z \"$h4j_local\" ]; then\nexport HPC4J_NODE_INDEX=0 HPC4J_TASK_INDEX=0\n");
    open();
    out.append("printf 'hpc4j: %s cannot be written on %s, and ");
    out.append(
        onSeveral
            ? "a script on several nodes has to be there"
            : "its work needs a place for files");
    out.append("\\n' \"$h4j_dir\" \"$SLURMD_NODENAME\"\nh4j_fail 126\nfi\nfi\n");
    out.append("h4j_place=${h4j_local:-$h4j_dir}\n");
  }

  /** The command as the script's arguments; a script is first written to a file. */
  private void work() {
    Work work = definition.work().orElseThrow();
    if (work instanceof Work.Command command) {
      out.append("set -- ").append(quote(command.arguments())).append('\n');
    } else if (work instanceof Work.Script script) {
      out.append("h4j_script=$h4j_place/script.$h4j_key\n");
      out.append("(umask 077; printf %s ").append(quote(script.text()));
      out.append(" >\"$h4j_script\") || h4j_fail 126\n");
      out.append("set -- ").append(quote(Interpreter.of(script.text())));
      out.append(" \"$h4j_script\" ").append(quote(script.arguments())).append('\n');
    }
  }

  /** Opens input and outputs, and does not run what cannot write. */
  private void open() {
    out.append("h4j_out=").append(file(Logs.Stream.STDOUT)).append('\n');
    out.append("(: >\"$h4j_out\") 2>/dev/null || h4j_fail 126\nexec >>\"$h4j_out\"\n");
    if (definition.stderr().isPresent()) {
      out.append("h4j_err=").append(file(Logs.Stream.STDERR)).append('\n');
      out.append(
          "[ \"$h4j_err\" = \"$h4j_out\" ] || (: >\"$h4j_err\") 2>/dev/null || h4j_fail 126\n");
      out.append("exec 2>>\"$h4j_err\"\n");
    } else {
      out.append("exec 2>&1\n");
    }
    String in = quote(definition.stdin().orElse("/dev/null"));
    out.append("(: <").append(in).append(") 2>/dev/null || h4j_fail 126\n");
    out.append("exec <").append(in).append('\n');
  }

  private String file(Logs.Stream stream) {
    return new OutputPattern(job.id(), job.request(), stream, NativeJob.tasks(job.request()))
        .write(
            text -> text.value().isEmpty() ? "" : quote(text.value()),
            late ->
                switch (late) {
                  case INDEX -> "\"${HPC4J_ARRAY_INDEX:-0}\"";
                  case ATTEMPT -> "\"$HPC4J_ATTEMPT\"";
                  case AGAIN -> "\"$h4j_again\"";
                  case TASK -> "\"$HPC4J_TASK_INDEX\"";
                  case NODE -> "\"$SLURMD_NODENAME\"";
                });
  }

  /**
   * Starts the work with the job's own variables, which nobody else may read: they are arguments of
   * {@code env} only where a shell would mind them, {@code PPID} say, or be disturbed by them.
   */
  private void exec() {
    StringBuilder special = new StringBuilder();
    StringBuilder plain = new StringBuilder();
    StringBuilder path = new StringBuilder();
    definition
        .environment()
        .forEach(
            (name, value) -> {
              String word = quote(values.apply(value)) + " ";
              if (ShellWord.isPlain(name)) {
                plain.append("export ").append(name).append('=').append(word.strip()).append('\n');
              } else {
                special.append(name).append('=').append(word);
              }
              if (name.equals("PATH")) {
                path.append("PATH=").append(word.strip()).append("; ");
              }
            });
    out.append(EXEC.formatted(path, special, plain));
  }

  /**
   * Starts a task on each node or slot. What decides is the end of the first task, or the first
   * failure of another; it is written down once, and ends the others.
   */
  private void steps() {
    Resources r = definition.resources();
    String whole = out.toString();
    String task = task();
    out.setLength(0);
    out.append(whole);
    out.append(
        "h4j_outcome=$h4j_place/outcome.$h4j_key.$HPC4J_ATTEMPT\nrm -f -- \"$h4j_outcome\"\n");
    out.append("export h4j_path h4j_start h4j_dir h4j_key h4j_no h4j_file h4j_again h4j_outcome\n");
    out.append("unset SLURM_EXPORT_ENV\n");
    // not as an argument, which everybody on the node could read
    out.append("export h4j_task=").append(quote(task)).append('\n');
    out.append(UNLESS_ASKED);
    out.append("srun --export=ALL --kill-on-bad-exit=1 --input=none");
    if (job.launch() == Launch.PER_NODE) {
      out.append(" --ntasks=").append(r.nodes()).append(" --ntasks-per-node=1");
      out.append(" --cpus-per-task=").append(r.cpusPerNode());
    } else {
      out.append(" --ntasks=").append(r.totalTasks());
      out.append(" --ntasks-per-node=").append(r.tasksPerNode());
      out.append(" --cpus-per-task=").append(r.cpusPerTask());
    }
    out.append(" /bin/sh -c 'eval \"$h4j_task\"' sh \"$@\"");
    out.append(" >\"$h4j_place/$h4j_key.srun\" 2>&1\nh4j_status=$?\n");
    out.append("[ ! -s \"$h4j_outcome\" ] || h4j_status=$(cat \"$h4j_outcome\")\n");
  }

  private String task() {
    out.setLength(0);
    out.append("unset h4j_task\n");
    out.append(HEAD.replace("h4j_start=$(date +%s)\n", "").replace("h4j_path=$PATH\n", ""));
    out.append("export HPC4J_NODE_INDEX=$SLURM_NODEID HPC4J_TASK_INDEX=$SLURM_PROCID\n");
    out.append(
        """
        h4j_decide() {
          [ "$SLURM_PROCID" = 0 ] || [ "$1" != 0 ] || return 0
          (set -C; echo "$1" >"$h4j_outcome") 2>/dev/null
          [ "$SLURM_PROCID" != 0 ] || PATH=$h4j_path scancel -Q -s KILL "$SLURM_JOB_ID.$SLURM_STEP_ID"
        }
        h4j_exit() {
          h4j_decide "$1"
          exit "$1"
        }
        """);
    open();
    out.append(UNLESS_ASKED).append("(\n");
    exec();
    return out.append(")\nh4j_exit \"$?\"\n").toString();
  }
}
