package io.hpc4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpc4j.Job;
import io.hpc4j.model.Capability;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Variables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** E: what a process is given: arguments, environment, directory, parameters. */
abstract class EnvironmentCases extends ShellCases {
  /** What a job may have without anybody asking for it; the last four are the shell's own. */
  private static final Set<String> BASE =
      Set.of("PATH", "HOME", "USER", "SHELL", "LANG", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_");

  @Test
  void E01_must_pass_arguments_byte_for_byte() throws IOException {
    run(sh("printf '%s\\0' \"$@\" >arguments", HOSTILE.toArray(String[]::new)));

    assertThat(read("arguments")).isEqualTo(String.join("\0", HOSTILE) + "\0");
  }

  @Test
  void E02_must_pass_the_environment_byte_for_byte() throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    HOSTILE.forEach(value -> wanted.put("V" + wanted.size(), value));
    wanted.put("NUMBER", "42");

    Map<String, String> found =
        environmentOf(JobDefinition.builder("environment").environment(wanted), r -> r);

    assertThat(found).containsAllEntriesOf(wanted);
  }

  @Test
  void E03_must_pass_the_environment_of_the_submission_on_top() throws IOException {
    JobDefinition.Builder definition =
        JobDefinition.builder("environment").environment("A", "definition").environment("B", "b");

    Map<String, String> found = environmentOf(definition, r -> r.environment("A", "submission"));

    assertThat(found).containsEntry("A", "submission").containsEntry("B", "b");
  }

  @Test
  void E04_must_tell_a_job_who_and_where_it_is() throws IOException {
    String name = "who am I? $(id) 'x'";
    Job job = submit(sh("env -0 >env").name(name).build());
    String node = end(job).nodes().get(0);

    assertThat(environment("env"))
        .containsEntry(Variables.JOB_ID, job.id().token())
        .containsEntry(Variables.JOB_NAME, name)
        .containsEntry(Variables.ARRAY_SIZE, "1")
        .containsEntry(Variables.NUM_NODES, "1")
        .containsEntry(Variables.ATTEMPT, "1")
        .containsEntry(Variables.NODE_INDEX, "0")
        .containsEntry(Variables.TASK_INDEX, "0")
        .containsEntry(Variables.MAIN_NODE, node)
        .containsEntry(Variables.NODE_LIST, node)
        .doesNotContainKey(Variables.ARRAY_INDEX);
  }

  @Test
  void E05_must_tell_an_element_its_logical_index() throws IOException {
    needs(Capability.SPARSE_ARRAY);
    IndexSet indices = IndexSet.of(3, 7, 12);
    Job array = submit(sh("env -0 >env-$HPC4J_ARRAY_INDEX").build(), r -> r.array(indices));
    end(array);

    for (int index : new int[] {3, 7, 12}) {
      assertThat(environment("env-" + index))
          .containsEntry(Variables.ARRAY_INDEX, String.valueOf(index))
          .containsEntry(Variables.ARRAY_SIZE, "3")
          .containsEntry(Variables.JOB_ID, array.id().token());
    }
    assertThat(files("env-")).hasSize(3);
  }

  @Test
  void E06_must_tell_each_attempt_its_number() throws IOException {
    needs(Capability.RETRY);
    run(
        sh("echo $HPC4J_ATTEMPT >>attempts; [ $HPC4J_ATTEMPT = 3 ]")
            .retry(RetryPolicy.attempts(3)));

    assertThat(read("attempts")).isEqualTo("1\n2\n3\n");
  }

  @Test
  void E07_must_give_a_minimal_environment() throws IOException {
    Map<String, String> found = environmentOf(JobDefinition.builder("minimal"), r -> r);

    Set<String> foreign = new HashSet<>(System.getenv().keySet());
    foreign.removeAll(BASE);
    foreign.removeIf(Variables::isReserved);
    assertThat(found).doesNotContainKeys(foreign.toArray(String[]::new));
    assertThat(found.get("PATH")).isNotBlank();
  }

  @Test
  void E08_must_give_the_whole_environment_when_asked() throws IOException {
    needs(Capability.INHERIT_ENVIRONMENT);
    Map<String, String> foreign = new TreeMap<>(System.getenv());
    foreign.keySet().removeIf(name -> BASE.contains(name) || !name.matches("[A-Z][A-Z_0-9]*"));
    assumeTrue(!foreign.isEmpty(), "this JVM has an environment variable of its own");

    Map<String, String> found =
        environmentOf(JobDefinition.builder("inherits").inheritEnvironment(), r -> r);

    assertThat(found).containsKeys(foreign.keySet().toArray(String[]::new));
  }

  @Test
  void E09_must_replace_parameters_everywhere() throws IOException {
    needs(Capability.OUTPUT_PATTERN);
    run(
        sh("printf '%s\\0%s\\0' \"$1\" \"$V\" >parameters-Ref::file; echo out", "a Ref::value b")
            .environment("V", "<Ref::value>")
            .stdout("Ref::file.out")
            .parameter("value", "default")
            .parameter("file", "here"),
        r -> r.parameter("value", "it's \"$x\" \\1"));

    assertThat(read("parameters-here")).isEqualTo("a it's \"$x\" \\1 b\0<it's \"$x\" \\1>\0");
    assertThat(read("here.out")).isEqualTo("out\n");
  }

  @Test
  void E10_must_run_in_an_absolute_working_directory_with_an_odd_name() throws IOException {
    needs(Capability.WORKING_DIRECTORY);
    Path odd = Files.createDirectory(directory.resolve("odd 'name' $(id) \u00e4"));

    run(sh("pwd -P >here").workingDirectory(odd));

    assertThat(Files.readString(odd.resolve("here"))).isEqualTo(odd.toRealPath() + "\n");
  }

  @Test
  void E11_must_resolve_a_relative_working_directory_against_its_own() throws IOException {
    needs(Capability.WORKING_DIRECTORY);
    Files.createDirectory(directory.resolve("sub"));

    run(sh("echo here >written").workingDirectory("sub"));

    assertThat(read("sub/written")).isEqualTo("here\n");
  }

  @Test
  void E12_must_run_in_its_own_directory_when_none_is_named() throws IOException {
    run(sh("pwd -P >here"));

    assertThat(read("here")).isEqualTo(directory.toRealPath() + "\n");
  }

  @Test
  void E13_must_run_a_script_with_its_interpreter_and_arguments() throws IOException {
    needs(Capability.SCRIPT);
    String script = "#!/bin/sh -e\nfalse || true\nprintf '%s\\0' \"$@\" >arguments\n";

    run(
        fixture
            .work("script", ContractWork.quick())
            .script(script, HOSTILE.toArray(String[]::new)));

    assertThat(read("arguments")).isEqualTo(String.join("\0", HOSTILE) + "\0");
  }

  @Test
  void E14_must_run_a_script_without_an_interpreter_by_sh() throws IOException {
    needs(Capability.SCRIPT);
    String functions = "say() { echo \"it's $1\" >said; }\nsay fine\n";

    run(fixture.work("script", ContractWork.quick()).script(functions));

    assertThat(read("said")).isEqualTo("it's fine\n");
  }

  @Test
  void E15_must_run_a_script_as_it_was_when_it_was_read() throws IOException {
    needs(Capability.SCRIPT, Capability.HOLD);
    Path file = Files.writeString(directory.resolve("job.sh"), "echo first >said\n");
    JobDefinition definition =
        fixture.work("script", ContractWork.quick()).scriptFile(file).build();
    Job job = submit(definition, r -> r.hold());
    Files.writeString(file, "echo second >said\n");

    job.release();

    assertSucceeded(end(job));
    assertThat(read("said")).isEqualTo("first\n");
  }

  @Test
  void E16_must_start_each_task_once_with_its_rank() throws IOException {
    needs(Capability.LAUNCH_PER_TASK, Capability.MULTI_NODE);
    Job job =
        submit(
            gang("$HPC4J_TASK_INDEX", 4)
                .resources(Resources.nodes(2).tasksPerNode(2).memoryGiB(1))
                .launch(Launch.PER_TASK)
                .build());
    assertSucceeded(end(job));

    List<String> nodes = job.status().nodes();
    assertThat(files("env-")).containsExactly("env-0", "env-1", "env-2", "env-3");
    for (int task = 0; task < 4; task++) {
      assertThat(environment("env-" + task))
          .containsEntry(Variables.NODE_INDEX, String.valueOf(task / 2))
          .containsEntry(Variables.NUM_NODES, "2")
          .containsEntry(Variables.MAIN_NODE, nodes.get(0))
          .containsEntry(Variables.NODE_LIST, String.join(",", nodes));
      assertThat(read("starts-" + task)).isEqualTo("\n");
    }
  }

  @Test
  void E17_must_start_once_on_each_node() throws IOException {
    needs(Capability.LAUNCH_PER_NODE, Capability.MULTI_NODE);
    run(
        gang("$HPC4J_NODE_INDEX", 3)
            .resources(Resources.nodes(3).tasksPerNode(2).memoryGiB(1))
            .launch(Launch.PER_NODE));

    assertThat(files("env-")).containsExactly("env-0", "env-1", "env-2");
    assertThat(Stream.of("env-0", "env-1", "env-2").map(this::task))
        .containsExactlyInAnyOrder("0", "1", "2");
    for (int node = 0; node < 3; node++) {
      assertThat(read("starts-" + node)).isEqualTo("\n");
    }
  }

  /** Each writes what it knows; the first ends last, because its end is the end of all. */
  private JobDefinition.Builder gang(String rank, int size) {
    return sh(
        ("env -0 >env-RANK; echo >>starts-RANK; [ RANK != 0 ] || "
                + "while [ $(ls starts-* | wc -l) -lt SIZE ]; do sleep 0.02; done")
            .replace("RANK", rank)
            .replace("SIZE", String.valueOf(size)));
  }

  private String task(String file) {
    try {
      return environment(file).getOrDefault(Variables.TASK_INDEX, "none");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void E18_must_start_a_main_program_once_on_the_main_node() throws IOException {
    needs(Capability.LAUNCH_MAIN, Capability.MULTI_NODE);
    run(
        sh("env -0 >env-$HPC4J_NODE_INDEX; echo >>starts")
            .resources(Resources.nodes(3))
            .launch(Launch.MAIN));

    assertThat(files("env-")).containsExactly("env-0");
    assertThat(environment("env-0")).containsEntry(Variables.NUM_NODES, "3");
    assertThat(read("starts")).isEqualTo("\n");
  }
}
