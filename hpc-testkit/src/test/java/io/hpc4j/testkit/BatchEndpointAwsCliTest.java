package io.hpc4j.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The AWS CLI, which knows nothing of hpc4j: the commands in the documentation print what is
 * written there, but for ids and times.
 */
@Tag("aws-cli")
class BatchEndpointAwsCliTest {
  private static final Path PAGE = Path.of("../docs/aws-batch-endpoint.md");
  private static final String PROMPT = "$ ";
  private static final String MARK = "@end-of-output@";

  @TempDir Path folder;

  @Test
  void the_transcript_is_true() throws Exception {
    List<String> written = transcript();
    List<String> commands = written.stream().filter(line -> line.startsWith(PROMPT)).toList();

    List<String> printed;
    try (BatchEndpoint endpoint = BatchEndpoint.start()) {
      printed = run(endpoint, commands);
    }

    Files.write(Path.of("target/batch-endpoint.transcript"), printed);
    assertThat(printed.stream().map(BatchEndpointAwsCliTest::timeless))
        .containsExactlyElementsOf(
            written.stream().map(BatchEndpointAwsCliTest::timeless).toList());
  }

  private static List<String> transcript() throws IOException {
    String page = Files.readString(PAGE);
    String begin = "```console\n";
    int from = page.indexOf(begin) + begin.length();
    return page.substring(from, page.indexOf("\n```", from)).lines().toList();
  }

  /** Runs the commands in one shell, and puts what each of them prints behind it. */
  private List<String> run(BatchEndpoint endpoint, List<String> commands) throws Exception {
    Path aws = folder.resolve("aws");
    String real = "exec /usr/bin/aws --endpoint-url " + endpoint.url() + " \"$@\"";
    Files.writeString(aws, "#!/bin/sh\n" + real + "\n");
    assertThat(aws.toFile().setExecutable(true)).isTrue();
    StringBuilder script = new StringBuilder();
    for (String command : commands) {
      script.append(command.substring(PROMPT.length())).append("\necho ").append(MARK).append('\n');
    }
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", script.toString());
    shell.environment().clear();
    shell
        .environment()
        .putAll(
            Map.of(
                "PATH", folder + ":/usr/bin:/bin",
                "HOME", folder.toString(),
                "LANG", "C.UTF-8",
                "AWS_ACCESS_KEY_ID", "laptop",
                "AWS_SECRET_ACCESS_KEY", "none",
                "AWS_DEFAULT_REGION", "us-east-1",
                "AWS_PAGER", ""));
    Process process = shell.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String all = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(all).isZero();
    List<String> printed = new ArrayList<>();
    String[] outputs = all.split(MARK + "\n", -1);
    assertThat(outputs).as(all).hasSize(commands.size() + 1);
    for (int i = 0; i < commands.size(); i++) {
      printed.add(commands.get(i));
      outputs[i].lines().filter(line -> !line.isBlank()).forEach(printed::add);
    }
    return printed;
  }

  private static String timeless(String line) {
    return line.replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "<id>")
        .replaceAll("\\b\\d{13}\\b", "<time>");
  }
}
