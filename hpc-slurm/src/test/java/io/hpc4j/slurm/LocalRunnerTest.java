package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalRunnerTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final CommandRunner runner = CommandRunner.local();

  @Test
  void input_of_any_length_reaches_the_command() throws IOException {
    for (int length : List.of(0, 1, 4_095, 4_096, 4_097, 65_537, 1_000_000)) {
      String input = "x".repeat(length);

      assertThat(run(input, "cat")).isEqualTo(new CommandResult(0, input, ""));
    }
  }

  @Test
  void input_that_a_pipe_does_not_take_at_once_is_a_file() throws IOException {
    // "é" is two bytes
    assertThat(run("é".repeat(2_048), "stat", "-Lc", "%F", "/dev/stdin").output())
        .isEqualTo("fifo\n");
    assertThat(run("é".repeat(2_049), "stat", "-Lc", "%F", "/dev/stdin").output())
        .isEqualTo("regular file\n");
  }

  @Test
  void a_command_that_does_not_read_its_input_says_how_it_ended() throws IOException {
    for (int i = 0; i < 50; i++) { // some of them have ended before the input is written
      for (int length : List.of(1, 4_096, 1_000_000)) {
        assertThat(run("x".repeat(length), "sh", "-c", "exec <&-; echo no >&2; exit 3"))
            .isEqualTo(new CommandResult(3, "", "no\n"));
      }
    }
  }

  @Test
  void output_and_errors_of_any_length_are_kept_apart() throws IOException {
    CommandResult result =
        run("", "sh", "-c", "yes o | head -c 200000; yes e | head -c 200000 >&2; exit 7");

    assertThat(result.status()).isEqualTo(7);
    assertThat(result.output()).hasSize(200_000).doesNotContain("e");
    assertThat(result.errors()).hasSize(200_000).doesNotContain("o");
  }

  @Test
  void a_command_that_lasts_too_long_is_ended() {
    assertThatThrownBy(
            () -> runner.run(List.of("sleep", "1000"), Map.of(), "", Duration.ofMillis(50)))
        .isInstanceOf(IOException.class)
        .hasMessage("sleep did not end within PT0.05S");
  }

  @Test
  void a_command_that_is_not_there_is_an_error() {
    assertThatThrownBy(() -> run("input", "no-such-command"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Cannot run program \"no-such-command\"");
  }

  @Test
  void only_what_a_command_needs_is_in_its_environment() throws IOException {
    CommandResult result = runner.run(List.of("env"), Map.of("SBATCH_WAIT", "given"), "", LIMIT);

    assertThat(result.output().lines().map(line -> line.split("=", 2)[0]))
        .contains("PATH", "SBATCH_WAIT")
        .isSubsetOf("PATH", "HOME", "USER", "SHELL", "LANG", "TMPDIR", "SLURM_CONF", "SBATCH_WAIT");
  }

  /** Passes on all that it has. */
  static final class Passing {
    private Passing() {}

    public static void main(String[] command) throws IOException {
      System.out.print(
          CommandRunner.local().run(List.of(command), System.getenv(), "", LIMIT).output());
    }
  }

  @Test
  void variables_are_passed_on_byte_for_byte_whatever_the_locale() throws IOException {
    List<String> program =
        ClientProgram.java(Passing.class, List.of("sh", "-c", "printf %s \"$VALUE\" | od -An -tx1"))
            .command();
    String bytes = "export LC_ALL=C VALUE=$(printf '\\303\\251'); exec \"$@\"";
    List<String> command = new ArrayList<>(List.of("sh", "-c", bytes, "sh"));
    command.addAll(program);

    assertThat(run("", command.toArray(String[]::new)).output()).isEqualTo(" c3 a9\n");
  }

  private CommandResult run(String input, String... command) throws IOException {
    return runner.run(List.of(command), Map.of(), input, LIMIT);
  }
}
