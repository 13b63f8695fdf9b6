package io.hpc4j.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.query.ExitRecord;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripts as a real shell runs them, told by the test what Slurm would tell. */
class BatchScriptRunTest {
  private static final JobId ID = JobId.create("slurm", "default");
  private static final List<String> SHELLS =
      Stream.of("/bin/sh", "/bin/bash").filter(s -> Files.isExecutable(Path.of(s))).toList();
  private Path folder = Path.of("/");
  private String shell = SHELLS.get(0);

  @BeforeEach
  @BeforeTry
  void open() throws IOException {
    folder = Files.createTempDirectory("hpc4j script's");
  }

  @AfterEach
  @AfterTry
  void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  private Path records() {
    return folder.resolve("records");
  }

  private static JobDefinition.Builder sh(String script, String... arguments) {
    String[] all =
        Stream.concat(Stream.of("/bin/sh", "-c", script, "sh"), Stream.of(arguments))
            .toArray(String[]::new);
    return JobDefinition.builder("work").command(all).stdout("out");
  }

  private static NativeJob job(JobRequest request) {
    IndexSet indices = request.array().orElse(IndexSet.empty());
    Memory memory = request.effective().resources().memoryPerNode();
    return new NativeJob(ID, request, indices, 0, 1, memory, Instant.MIN);
  }

  private ProcessBuilder process(JobRequest request, int task) throws IOException {
    NativeJob job = job(request);
    Path script = folder.resolve("script");
    Files.writeString(script, BatchScript.of(job, folder.toString(), records().toString()));
    ProcessBuilder b = new ProcessBuilder(shell, script.toString());
    b.environment().keySet().retainAll(List.of("PATH", "HOME", "USER"));
    b.environment().put("SLURM_JOB_ID", "77");
    b.environment().put("SLURM_JOB_NODELIST", "n1");
    b.environment().put("SLURMD_NODENAME", "n1");
    b.environment().put("SLURM_ARRAY_TASK_ID", String.valueOf(task));
    return b.directory(folder.toFile()).redirectErrorStream(true);
  }

  private int run(JobRequest request, int task) throws IOException, InterruptedException {
    Process process = process(request, task).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assertThat(said).as("what the script itself says").isEmpty();
    return status;
  }

  private int run(JobDefinition.Builder work) throws IOException, InterruptedException {
    return run(JobRequest.of(work.build()), 0);
  }

  private String out() throws IOException {
    return Files.readString(folder.resolve("out"));
  }

  private ExitRecord record(String name) throws IOException {
    Path file = records().resolve(ID.token()).resolve(name);
    return Files.exists(file)
        ? ExitRecord.parse(Files.readString(file)).orElseThrow()
        : new ExitRecord("1", 0, ExitRecord.What.RAN, 255, Instant.MIN, Instant.MIN);
  }

  private interface Case {
    void run() throws Exception;
  }

  private void inEachShell(Case test) throws Exception {
    for (String each : SHELLS) {
      shell = each;
      close();
      Files.createDirectories(folder);
      test.run();
    }
  }

  /** Puts a program where the script finds it first. */
  private void program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Runs the first task of a job of several. */
  private int runWithSrun(JobDefinition work) throws IOException, InterruptedException {
    program("scancel", "#!/bin/sh\n");
    program(
        "srun",
        """
        #!/bin/sh
        printf '%s\\n' "$@" >arguments
        while [ "$1" != /bin/sh ]; do shift; done
        SLURM_PROCID=0 SLURM_NODEID=0 exec "$@"
        """);
    ProcessBuilder process = process(JobRequest.of(work), 0);
    process.environment().merge("PATH", folder + ":", (path, first) -> first + path);
    process.environment().put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    return process.redirectOutput(folder.resolve("said").toFile()).start().waitFor();
  }

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
            "BASHOPTS", "BASH_ENV", "BASH_VERSINFO", "BASHPID", "CDPATH", "DIRSTACK", "ENV", "EUID",
            "EPOCHSECONDS", "EXECIGNORE", "FUNCNAME", "FUNCNEST", "GLOBIGNORE", "GROUPS", "HISTSIZE",
            "HISTFILESIZE", "HOSTNAME", "IFS", "IGNOREEOF", "LANG", "LC_ALL", "LINENO", "MAILCHECK",
            "MAILPATH", "OPTERR", "OPTIND", "OPTARG", "PIPESTATUS", "POSIXLY_CORRECT", "PPID", "PS1",
            "PS4", "PWD", "OLDPWD", "RANDOM", "REPLY", "SECONDS", "SHELLOPTS", "SHELL", "TERM", "TMOUT",
            "TZ", "UID", "h4j_x", "LD_PRELOAD_NOT", "a.b", "HOME", "MACHTYPE", "PROMPT_COMMAND");
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
  void a_script_is_for_its_owner_alone() throws Exception {
    assertThat(run(JobDefinition.builder("work").script("stat -c %a \"$0\"").stdout("out")))
        .isZero();

    assertThat(out()).isEqualTo("600\n");
  }

  @Test
  void exit_statuses_are_passed_on_and_recorded() throws Exception {
    inEachShell(
        () -> {
          assertThat(run(sh("exit 3"))).isEqualTo(3);
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.RAN);
          assertThat(record("job.1").status()).isEqualTo(3);
          assertThat(record("job.1").jobId()).isEqualTo("77");
          assertThat(records().resolve(ID.token()).resolve("job.1.start")).hasContent("77");
          try (Stream<Path> all = Files.list(records().resolve(ID.token()))) {
            assertThat(all.map(file -> file.getFileName().toString()))
                .as("nothing half written")
                .containsExactlyInAnyOrder("job.1", "job.1.start", "failed.job.1");
          }
        });
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

  @Test
  void output_that_cannot_be_opened_and_input_that_is_missing_are_failures_to_launch()
      throws Exception {
    inEachShell(
        () -> {
          assertThat(run(sh("true").stdout("no/such/folder/out"))).isEqualTo(126);
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.LAUNCH);
          assertThat(run(sh("true").stdin("no-such-file"))).isEqualTo(126);
          Files.writeString(folder.resolve("in put"), "hello");
          assertThat(run(sh("cat").stdin("in put"))).isZero();
          assertThat(out()).isEqualTo("hello");
        });
  }

  private static JobRequest array(UnaryOperator<JobRequest.Builder> more, String script) {
    return more.apply(JobRequest.builder(sh(script).build()).array(4)).build();
  }

  @Test
  void an_element_after_too_many_failures_is_skipped() throws Exception {
    inEachShell(
        () -> {
          JobRequest work = array(r -> r.maxFailures(0), "exit $HPC4J_ARRAY_INDEX");
          assertThat(run(work, 0)).isZero();
          assertThat(run(work, 1)).isEqualTo(1);
          assertThat(run(work, 2)).isEqualTo(125);
          assertThat(record("2.1").what()).isEqualTo(ExitRecord.What.SKIPPED);
        });
  }

  @Test
  void what_was_asked_to_end_says_so_and_is_no_failure_of_the_others() throws Exception {
    inEachShell(
        () -> {
          JobRequest work = array(r -> r.maxFailures(0), "kill -TERM $PPID; exit 143");
          assertThat(run(work, 1)).isEqualTo(143);
          assertThat(record("1.1").what()).isEqualTo(ExitRecord.What.ASKED);
          JobRequest next = array(r -> r.maxFailures(0), "true");
          assertThat(run(next, 2)).isZero();
        });
  }

  /** Slurm asks all processes of a job, of which some may be the script's own. */
  @Test
  void what_is_asked_to_end_before_it_has_begun_has_not_failed_and_does_not_begin()
      throws Exception {
    inEachShell(
        () -> {
          Process opening = opensItsOutput();
          List<ProcessHandle> all = opening.descendants().toList();
          all.forEach(ProcessHandle::destroy);
          opening.toHandle().destroy();

          assertThat(opening.waitFor()).isEqualTo(126);

          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.ASKED);
          assertThat(folder.resolve("begun")).doesNotExist();
        });
  }

  @Test
  void what_is_asked_to_end_while_its_output_is_opened_does_not_begin() throws Exception {
    inEachShell(
        () -> {
          Process opening = opensItsOutput();
          opening.toHandle().destroy(); // the shell alone
          RandomAccessFile reader = new RandomAccessFile(folder.resolve("out").toFile(), "rw");

          assertThat(opening.waitFor()).isEqualTo(143);

          reader.close();
          assertThat(record("job.1").what()).isEqualTo(ExitRecord.What.ASKED);
          assertThat(folder.resolve("begun")).doesNotExist();
        });
  }

  /** Starts a script, which waits while it opens its output. */
  private Process opensItsOutput() throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    assertThat(new ProcessBuilder("mkfifo", out.toString()).start().waitFor()).isZero();
    Process process = process(JobRequest.of(sh("echo >begun").build()), 0).start();
    Path started = records().resolve(ID.token()).resolve("job.1.start");
    while (!Files.exists(started) || process.descendants().noneMatch(this::isAsleep)) {
      assertThat(process.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    return process;
  }

  private boolean isAsleep(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
      return stat.contains(") S ");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Test
  void a_folder_for_records_that_cannot_be_written_disturbs_no_command() throws Exception {
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(run(sh("exit 5"))).isEqualTo(5);
        });
  }

  @Test
  void a_folder_for_records_that_cannot_be_written_disturbs_no_script_and_no_tasks()
      throws Exception {
    JobDefinition.Builder script = JobDefinition.builder("work").script("exit 5").stdout("out");
    JobDefinition.Builder tasks =
        sh("exit 6").resources(Resources.nodes(2)).launch(Launch.PER_NODE);
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(runWithSrun(script.build())).isEqualTo(5);
          assertThat(runWithSrun(tasks.build())).isEqualTo(6);

          assertThat(folder.resolve("said")).isEmptyFile();
          assertThat(folder.resolve("tmp")).as("nothing left").isEmptyDirectory();
        });
  }

  @Test
  void a_script_on_several_nodes_that_cannot_be_there_says_so_in_its_output() throws Exception {
    JobDefinition.Builder script =
        JobDefinition.builder("work")
            .script("exit 5")
            .stdout("out")
            .resources(Resources.nodes(2))
            .launch(Launch.PER_NODE);
    inEachShell(
        () -> {
          Files.writeString(records(), "no folder");

          assertThat(runWithSrun(script.build())).isEqualTo(126);

          assertThat(folder.resolve("out.task0"))
              .content()
              .contains(records().toString(), "cannot be written on n1");
        });
  }
}
