package io.hpc4j.local.process;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Variables;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Interpreter;
import io.hpc4j.spi.LogFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where the files of jobs are: working directories, scripts, inputs and outputs. Thread-safe.
 *
 * <p>A script is written once for each submission, to a folder that goes when this is closed.
 */
public final class JobFiles implements AutoCloseable {
  private final Path defaultDirectory;
  private final boolean leaveDaemons;
  private final Optional<Path> store;
  private final Map<JobId, Path> scripts = new ConcurrentHashMap<>();
  private @Nullable Path spool;

  /** Creates one; does no I/O. */
  public JobFiles(Path defaultDirectory, boolean leaveDaemons, Optional<Path> store) {
    this.leaveDaemons = leaveDaemons;
    this.store = store.map(Path::toAbsolutePath);
    this.defaultDirectory = defaultDirectory.toAbsolutePath();
  }

  /** How many tasks a job has in all. */
  public static int tasks(JobRequest request) {
    JobDefinition definition = request.effective();
    return switch (definition.launch().orElse(Launch.MAIN)) {
      case MAIN -> 1;
      case PER_NODE -> definition.resources().nodes();
      case PER_TASK -> definition.resources().totalTasks();
    };
  }

  /** Finds directories and files of a request that are missing or of the wrong kind. */
  public List<Problem> check(JobRequest request) {
    JobDefinition definition = request.effective();
    List<Problem> problems = new ArrayList<>();
    try {
      Path directory = directory(definition);
      if (!Files.isDirectory(directory)) {
        problems.add(Problem.of("workingDirectory", directory, "is not a directory"));
      }
      definition.stdin().map(directory::resolve).ifPresent(path -> checkInput(path, problems));
      checkOutput("stdout", directory, definition.stdout().orElse("out"), problems);
      definition.stderr().ifPresent(p -> checkOutput("stderr", directory, p, problems));
    } catch (InvalidPathException e) {
      problems.add(Problem.of("path", e.getInput(), "is not a path: " + e.getReason()));
    }
    return problems;
  }

  private static void checkInput(Path path, List<Problem> problems) {
    if (!Files.isRegularFile(path) && !Files.exists(path)) {
      problems.add(Problem.of("stdin", path, "does not exist"));
    } else if (Files.isDirectory(path) || !Files.isReadable(path)) {
      problems.add(Problem.of("stdin", path, "cannot be read"));
    }
  }

  private static void checkOutput(
      String field, Path directory, String pattern, List<Problem> problems) {
    Path folder = directory.resolve(pattern).getParent();
    if (folder == null || folder.toString().contains("%")) {
      return; // known only when the task starts
    }
    if (!Files.isDirectory(folder)) {
      problems.add(Problem.of(field, folder, "is not an existing folder"));
    } else if (!Files.isWritable(folder)) {
      problems.add(Problem.of(field, folder, "cannot be written to"));
    }
  }

  private Path directory(JobDefinition definition) {
    return defaultDirectory.resolve(definition.workingDirectory().orElse(""));
  }

  /** Returns the environment of a task. */
  public Map<String, String> environment(Execution task) {
    return JobEnvironment.of(task);
  }

  /**
   * Returns what to start for a task, and writes its script if that has not been written.
   *
   * @throws BackendException if the script cannot be written
   */
  public ProcessSpec spec(Execution task, Memory memory, List<Integer> cpus) {
    JobDefinition definition = task.request().effective();
    Path directory = directory(definition);
    Map<String, String> environment = environment(task);
    List<String> command = new ArrayList<>(command(task, definition.work().orElseThrow()));
    command.set(
        0, ProgramPath.find(command.get(0), directory, environment.getOrDefault("PATH", "")));
    return new ProcessSpec(
        name(task),
        command,
        environment,
        directory,
        definition.stdin().map(directory::resolve),
        output(task, Logs.Stream.STDOUT),
        separateErrors(task),
        leaveDaemons,
        new Limits(group(task), memory, cpus));
  }

  /** All tasks of an attempt on one node share its memory. */
  private static String group(Execution task) {
    return element(task) + "." + task.attempt() + ".node" + task.nodeIndex();
  }

  /** The name of a task, unique among all of this scheduler. */
  public static String name(Execution task) {
    return element(task) + "." + task.attempt() + "." + task.taskIndex();
  }

  private static String element(Execution task) {
    String index = task.id().index().isPresent() ? "_" + task.id().index().getAsInt() : "";
    return task.id().token() + index;
  }

  private List<String> command(Execution task, Work work) {
    if (work instanceof Work.Command command) {
      return command.arguments();
    }
    Work.Script script = (Work.Script) work;
    List<String> command = new ArrayList<>(Interpreter.of(script.text()));
    command.add(scripts.computeIfAbsent(task.id().job(), id -> write(id, script)).toString());
    command.addAll(script.arguments());
    return command;
  }

  private Path write(JobId id, Work.Script script) {
    try {
      return Files.writeString(spool().resolve(id.token()), script.text());
    } catch (IOException e) {
      throw new BackendException("cannot write the script of job " + id, e);
    }
  }

  /** The folder of the scripts, made when it is first needed. */
  public synchronized Path spool() throws IOException {
    Path folder = spool;
    if (folder == null) {
      folder =
          store.isPresent()
              ? Files.createDirectories(store.get().resolve("scripts"))
              : Files.createTempDirectory("hpc4j-"); // for the owner only
      spool = folder;
    }
    return folder;
  }

  /** The folder of wait statuses in the store, made when it is first needed. */
  public Path statusFolder() throws IOException {
    return Files.createDirectories(store.orElseThrow().resolve("statuses"));
  }

  /** Removes the wait status of a task, if there is one. */
  public void forgetStatus(Execution task) {
    store.ifPresent(folder -> delete(folder.resolve("statuses").resolve(name(task))));
  }

  /**
   * Removes scripts and wait statuses of jobs that an earlier program has left and nobody needs.
   */
  public void cleanStore(Set<String> tokensInUse) throws IOException {
    for (Path folder : List.of(spool(), statusFolder())) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(file -> !tokensInUse.contains(tokenOf(file)))
            .filter(file -> !file.getFileName().toString().contains("-"))
            .forEach(JobFiles::delete);
      }
    }
  }

  private static String tokenOf(Path file) {
    return file.getFileName().toString().split("[_.]", 2)[0];
  }

  /** The file for errors, unless that is the output's own. */
  private Optional<Path> separateErrors(Execution task) {
    return task.request().effective().stderr().isEmpty()
        ? Optional.empty()
        : Optional.of(output(task, Logs.Stream.STDERR))
            .filter(path -> !path.equals(output(task, Logs.Stream.STDOUT)));
  }

  private Path output(Execution task, Logs.Stream stream) {
    return directory(task.request().effective())
        .resolve(OutputName.of(task, stream, tasks(task.request())));
  }

  /** Returns the logs of tasks, in their order. */
  public Logs logs(List<Execution> tasks) {
    List<Logs.Entry> entries = new ArrayList<>();
    for (Execution task : tasks) {
      entries.add(entry(task, Logs.Stream.STDOUT));
      if (separateErrors(task).isPresent()) {
        entries.add(entry(task, Logs.Stream.STDERR));
      }
    }
    return new Logs(entries);
  }

  private Logs.Entry entry(Execution task, Logs.Stream stream) {
    Path path = output(task, stream);
    return new Logs.Entry(
        task.attempt(),
        task.nodeIndex(),
        task.taskIndex(),
        stream,
        path.toString(),
        new LogFile(path));
  }

  /** Ends all processes of an attempt, whoever started them, and waits until they are gone. */
  public void endRemains(JobId id, int attempt) {
    List<String> tags = new ArrayList<>();
    tags.add(Variables.JOB_ID + "=" + id.token());
    tags.add(Variables.ATTEMPT + "=" + attempt);
    id.index().ifPresent(index -> tags.add(Variables.ARRAY_INDEX + "=" + index));
    Object unused = new Strays(tags).kill().join();
  }

  /** Forgets the script of a job that has ended. */
  public void forget(JobId job) {
    Path script = scripts.remove(job);
    if (script != null) {
      delete(script);
    }
  }

  @Override
  public synchronized void close() {
    Path folder = spool;
    if (folder != null && store.isEmpty()) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(JobFiles::delete);
      } catch (IOException | UncheckedIOException e) {
        return; // what is left lies in the temporary folder
      }
      spool = null;
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
