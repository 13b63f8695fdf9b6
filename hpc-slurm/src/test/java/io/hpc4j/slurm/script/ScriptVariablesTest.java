package io.hpc4j.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.query.ExitRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** What the work of a script is told, and what nobody else is. */
class ScriptVariablesTest extends ScriptCases {
  /** Everybody on a node can read the arguments of all its processes. */
  @Test
  void variables_are_no_arguments_of_srun() throws Exception {
    JobDefinition work =
        sh("printf %s \"$SECRET\" >told; exit 4")
            .environment("SECRET", "it's\nhidden")
            .resources(Resources.nodes(2))
            .launch(Launch.PER_NODE)
            .build();
    inEachShell(
        () -> {
          assertThat(runWithSrun(work)).isEqualTo(4);

          assertThat(Files.readString(folder.resolve("told"))).isEqualTo("it's\nhidden");
          assertThat(Files.readString(folder.resolve("arguments")))
              .contains("--ntasks=2")
              .doesNotContain("hidden");
        });
  }

  /** Nor of the program that sets them, though it is gone at once. */
  @Test
  void variables_are_no_arguments_of_env() throws Exception {
    JobDefinition work =
        sh("printf %s \"$SECRET\" >told")
            .environment("SECRET", "it's\nhidden")
            .environment("LC_TIME", "shown")
            .build();
    inEachShell(
        () -> {
          program("env", "#!/bin/sh\nprintf '%s\\n' \"$@\" >arguments\nexec /usr/bin/env \"$@\"\n");

          assertThat(runWithSrun(work)).isZero();

          assertThat(Files.readString(folder.resolve("told"))).isEqualTo("it's\nhidden");
          assertThat(Files.readString(folder.resolve("arguments")))
              .startsWith("--\nLC_TIME=shown\n")
              .doesNotContain("hidden");
        });
  }

  @Test
  void tasks_start_with_as_many_variables_as_is_said_and_no_more() throws Exception {
    JobDefinition.Builder work =
        sh("echo ${#A} >told").resources(Resources.nodes(2)).launch(Launch.PER_NODE);
    int rest = BatchScript.LONGEST_TASK - taskSize(work.environment("A", ""));

    work.environment("A", "x".repeat(rest));
    assertThat(taskSize(work)).isEqualTo(BatchScript.LONGEST_TASK);
    assertThat(runWithSrun(work.build())).isZero();
    assertThat(folder.resolve("told")).hasContent(String.valueOf(rest));

    work.environment("A", "x".repeat(rest + 1));
    assertThat(runWithSrun(work.build())).isEqualTo(126);
  }

  private static int taskSize(JobDefinition.Builder work) {
    return BatchScript.taskSize(job(JobRequest.of(work.build())));
  }

  /** Some shell sets these itself, checks them, speaks about them, or is changed by them. */
  @Test
  void variables_that_a_shell_minds_arrive() throws Exception {
    List<String> names =
        List.of(
            """
            BASHOPTS BASH_ENV BASH_VERSINFO BASHPID CDPATH DIRSTACK ENV EUID EPOCHSECONDS
            EXECIGNORE FUNCNAME FUNCNEST GLOBIGNORE GROUPS HISTSIZE HISTFILESIZE HOSTNAME IFS
            IGNOREEOF LANG LC_ALL LINENO MAILCHECK MAILPATH OPTERR OPTIND OPTARG PIPESTATUS
            POSIXLY_CORRECT PPID PS1 PS4 PWD OLDPWD RANDOM REPLY SECONDS SHELLOPTS SHELL TERM
            TMOUT TZ UID h4j_x LD_PRELOAD_NOT a.b HOME MACHTYPE PROMPT_COMMAND
            """
                .strip()
                .split("\\s+", -1));
    JobDefinition.Builder work =
        JobDefinition.builder("work").command("/usr/bin/env").stdout("out");
    names.forEach(name -> work.environment(name, "x-" + name));
    inEachShell(
        () -> {
          assertThat(run(work)).isZero();
          assertThat(out().lines())
              .containsAll(names.stream().map(name -> name + "=x-" + name).toList())
              .noneMatch(line -> line.startsWith("h4j_s"));
        });
  }

  @Provide
  Arbitrary<String> hostile() {
    return Arbitraries.oneOf(
        Arbitraries.of(
            "",
            "'",
            "\\",
            "$(touch x)",
            "`id`",
            "-n",
            "--",
            "\n",
            "a\nb\n",
            "*",
            "~",
            "%s%n",
            "é漢\uD83D\uDE00",
            "a=b",
            "!!",
            "\r",
            "\t ",
            "\"",
            "${HOME}"),
        Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(12));
  }

  @Property(tries = 40)
  void arguments_and_variables_arrive_byte_for_byte(
      @ForAll("hostile") String first,
      @ForAll("hostile") String second,
      @ForAll("hostile") String value)
      throws Exception {
    shell = SHELLS.get(first.length() % SHELLS.size());
    String text = "printf '<%s>' \"$@\" \"$VALUE\"";
    int status = run(sh(text, first, second).environment("VALUE", value));

    assertThat(status).isZero();
    assertThat(out()).isEqualTo("<" + first + "><" + second + "><" + value + ">");
  }

  @Property(tries = 20)
  void a_script_s_text_arrives_byte_for_byte(@ForAll("hostile") String text) throws Exception {
    shell = SHELLS.get(text.length() % SHELLS.size());
    String script = "#!/bin/cat\n" + text;

    assertThat(run(JobDefinition.builder("work").script(script).stdout("out"))).isZero();

    assertThat(out()).isEqualTo(script);
  }

  @Test
  void variables_named_like_ours_or_like_the_shell_s_disturb_nothing() throws Exception {
    inEachShell(
        () -> {
          JobDefinition.Builder work =
              sh("echo \"$h4j_file $h4j_status $SLURM_JOB_ID $UID\"; exit 4")
                  .environment("h4j_file", "/nowhere/file")
                  .environment("h4j_status", "0")
                  .environment("h4j_path", "/nowhere")
                  .environment("SLURM_JOB_ID", "none")
                  .environment("PATH", "/nowhere")
                  .environment("UID", "12")
                  .environment("PPID", "1")
                  .environment("IFS", "4");
          assertThat(run(work)).isEqualTo(4);
          assertThat(out()).startsWith("/nowhere/file 0 none");
          assertThat(record("job.1").status()).isEqualTo(4);
        });
  }

  @Test
  void a_program_that_is_missing_is_recorded_as_such_whatever_the_variables() throws Exception {
    inEachShell(
        () -> {
          JobDefinition.Builder work =
              JobDefinition.builder("work")
                  .command("no-such-program")
                  .environment("h4j_file", "/nowhere/file")
                  .environment("SLURM_JOB_ID", "none");
          assertThat(run(work)).isEqualTo(127);
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.LAUNCH);
        });
  }

  @Test
  void a_program_is_looked_for_where_the_job_says() throws Exception {
    inEachShell(
        () -> {
          Path bin = Files.createDirectories(folder.resolve("my bin"));
          Path program = Files.writeString(bin.resolve("a=b"), "#!/bin/sh\necho \"hi $*\"\n");
          assertThat(program.toFile().setExecutable(true)).isTrue();
          assertThat(
                  run(
                      JobDefinition.builder("work")
                          .command("a=b", "x y")
                          .stdout("out")
                          .environment("PATH", bin.toString())))
              .isZero();
          assertThat(out()).isEqualTo("hi x y\n");
        });
  }
}
