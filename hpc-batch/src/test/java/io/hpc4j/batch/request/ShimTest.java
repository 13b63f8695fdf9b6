package io.hpc4j.batch.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lines of shell do, by a real shell. */
class ShimTest {
  private static final Work SHOW =
      Work.command("sh", "-c", "echo $HPC4J_ARRAY_INDEX $HPC4J_ATTEMPT $HPC4J_NODE_INDEX");

  @ParameterizedTest
  @ValueSource(strings = {"0-4", "7", "2,5,9-11", "0-8:2,17,100-300:50", "1,3"})
  void each_position_is_its_own_element(String indices) throws Exception {
    IndexSet all = IndexSet.parse(indices);
    List<Integer> found = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Map<String, String> environment = new HashMap<>(Map.of(Shim.INDICES, indices));
      if (all.size() > 1) {
        environment.put("AWS_BATCH_JOB_ARRAY_INDEX", "" + i);
      }
      String words = run(SHOW, true, false, environment);
      found.add(Integer.parseInt(words.substring(0, words.indexOf(' '))));
    }

    assertThat(found).isEqualTo(all.stream().boxed().toList());
  }

  @Test
  void attempts_are_counted_over_several_jobs() throws Exception {
    assertThat(run(SHOW, false, false, Map.of())).isEqualTo("1 0");
    assertThat(run(SHOW, false, false, Map.of("AWS_BATCH_JOB_ATTEMPT", "2"))).isEqualTo("2 0");
    assertThat(
            run(SHOW, false, false, Map.of("AWS_BATCH_JOB_ATTEMPT", "2", Shim.FIRST_ATTEMPT, "3")))
        .isEqualTo("4 0");
  }

  @Test
  void a_node_knows_its_number_and_the_main_node() throws Exception {
    Work show = Work.command("sh", "-c", "echo $HPC4J_NODE_INDEX $HPC4J_MAIN_NODE");
    Map<String, String> child =
        Map.of(
            "AWS_BATCH_JOB_NODE_INDEX", "3",
            "AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS", "10.0.0.7");

    assertThat(runOnNodes(show, child)).isEqualTo("3 10.0.0.7");
  }

  @Test
  void arguments_arrive_as_they_are() throws Exception {
    Work show = Work.command("printf", "<%s>", "a b", "$HOME", "'\"\\", "*", "-n");

    assertThat(run(show, false, false, Map.of())).isEqualTo("<a b><$HOME><'\"\\><*><-n>");
  }

  @Test
  void a_script_is_run_by_its_own_interpreter_with_its_arguments(@TempDir Path folder)
      throws Exception {
    Work script = Work.script("#!/bin/sh -e\necho \"$1|$2|$#\"\n", "one two", "");
    Map<String, String> environment = Map.of("HPC4J_JOB_ID", "t", "TMPDIR", folder.toString());

    assertThat(run(script, false, false, environment)).isEqualTo("one two||2");
  }

  @Test
  void it_works_where_it_was_told_to() throws Exception {
    Work where = Work.command("pwd");

    assertThat(run(where, false, true, Map.of(Shim.DIRECTORY, "/"))).isEqualTo("/");
    assertThat(exit(where, Map.of(Shim.DIRECTORY, "/no/such/place"))).isEqualTo(126);
  }

  @Test
  void nothing_of_its_own_is_left_in_the_environment() throws Exception {
    String seen =
        run(Work.command("env"), true, false, Map.of(Shim.INDICES, "0-9", "HPC4J_JOB_ID", "t"));

    assertThat(seen.lines().map(line -> line.replaceAll("=.*", "")))
        .contains("HPC4J_ARRAY_INDEX", "HPC4J_ATTEMPT")
        .doesNotContain("HPC4J_K", "HPC4J_L", "HPC4J_R", "HPC4J_S", "HPC4J_A", "HPC4J_N");
  }

  private static String run(Work work, boolean array, boolean dir, Map<String, String> environment)
      throws Exception {
    return output(start(Shim.command(work, array, false, dir), environment));
  }

  private static String runOnNodes(Work work, Map<String, String> environment) throws Exception {
    return output(start(Shim.command(work, false, true, false), environment));
  }

  private static int exit(Work work, Map<String, String> environment) throws Exception {
    return start(Shim.command(work, false, false, true), environment).waitFor();
  }

  private static String output(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.strip();
  }

  private static Process start(List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().putAll(environment);
    return builder.start();
  }
}
