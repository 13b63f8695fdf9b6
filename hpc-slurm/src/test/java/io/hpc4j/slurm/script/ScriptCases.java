package io.hpc4j.slurm.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.slurm.query.ExitRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Scripts as a real shell runs them, told by the test what Slurm would tell. */
abstract class ScriptCases {
  static final JobId ID = JobId.create("slurm", "default");
  static final List<String> SHELLS =
      Stream.of("/bin/sh", "/bin/bash").filter(s -> Files.isExecutable(Path.of(s))).toList();
  Path folder = Path.of("/");
  String shell = SHELLS.get(0);

  @BeforeEach
  @BeforeTry
  final void open() throws IOException {
    folder = Files.createTempDirectory("hpc4j script's");
  }

  @AfterEach
  @AfterTry
  final void close() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }

  Path records() {
    return folder.resolve("records");
  }

  static JobDefinition.Builder sh(String script, String... arguments) {
    String[] all =
        Stream.concat(Stream.of("/bin/sh", "-c", script, "sh"), Stream.of(arguments))
            .toArray(String[]::new);
    return JobDefinition.builder("work").command(all).stdout("out");
  }

  static NativeJob job(JobRequest request) {
    IndexSet indices = request.array().orElse(IndexSet.empty());
    Memory memory = request.effective().resources().memoryPerNode();
    return new NativeJob(ID, request, indices, 0, 1, memory, Instant.MIN);
  }

  ProcessBuilder process(JobRequest request, int task) throws IOException {
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

  int run(JobRequest request, int task) throws IOException, InterruptedException {
    Process process = process(request, task).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assertThat(said).as("what the script itself says").isEmpty();
    return status;
  }

  int run(JobDefinition.Builder work) throws IOException, InterruptedException {
    return run(JobRequest.of(work.build()), 0);
  }

  String out() throws IOException {
    return Files.readString(folder.resolve("out"));
  }

  ExitRecord record(String name) throws IOException {
    Path file = records().resolve(ID.token()).resolve(name);
    return Files.exists(file)
        ? ExitRecord.parse(Files.readString(file)).orElseThrow()
        : new ExitRecord("1", 0, ExitRecord.What.RAN, 255, Instant.MIN, Instant.MIN);
  }

  interface Case {
    void run() throws Exception;
  }

  void inEachShell(Case test) throws Exception {
    for (String each : SHELLS) {
      shell = each;
      close();
      Files.createDirectories(folder);
      test.run();
    }
  }

  /** Puts a program where the script finds it first. */
  void program(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** Runs the first task of a job of several. */
  int runWithSrun(JobDefinition work) throws IOException, InterruptedException {
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
}
