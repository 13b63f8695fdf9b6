package io.hpc4j.local.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HelperProgramTest {
  private static final int REQUESTS = 5_000; // several times what fits into the pipes

  /** Where it does not, this thread hangs while it writes, and cannot be interrupted. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void the_helper_takes_requests_though_nobody_reads_its_replies() throws IOException {
    Optional<HelperProgram> program =
        HelperProgram.find(Duration.ofSeconds(1), Optional.empty(), Optional.empty(), false);
    assumeThat(program).as("Python").isPresent();
    Process helper = program.orElseThrow().start();

    try (DataOutputStream requests =
        new DataOutputStream(new BufferedOutputStream(helper.getOutputStream()))) {
      for (int i = 0; i < REQUESTS; i++) {
        byte[] frame = startOfWhatIsMissing("request-" + i + "-".repeat(100));
        requests.writeInt(frame.length);
        requests.write(frame);
      }
    }

    List<String> replies =
        new String(helper.getInputStream().readAllBytes(), UTF_8).lines().toList();
    assertThat(replies).hasSize(1 + REQUESTS);
    assertThat(replies.get(0)).startsWith("R ");
    assertThat(replies.subList(1, replies.size())).allMatch(line -> line.startsWith("F request-"));
  }

  private static byte[] startOfWhatIsMissing(String id) {
    List<String> fields =
        List.of("S", id, "", "", "0", "", "/", "/dev/null", "/dev/null", "", "0", "1", "/missing");
    return String.join("\0", fields).getBytes(UTF_8);
  }
}
