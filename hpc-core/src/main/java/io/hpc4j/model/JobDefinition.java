package io.hpc4j.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What to run, with what resources, environment, retries and timeout; reusable and without
 * identity.
 *
 * <p>{@code Ref::name} stands for the parameter of that name in the command, the script and its
 * arguments, environment values, the image, the working directory and the file patterns; it is
 * replaced when the job is submitted. In a script the value is inserted as it is, so a value that
 * is not trusted belongs into an argument or an environment variable.
 *
 * <p>File patterns know {@code %x} (name), {@code %j} and {@code %A} (token), {@code %a} (array
 * index), {@code %t} (attempt), {@code %n} (task index), {@code %N} (node) and {@code %%}.
 */
public final class JobDefinition {
  private final Builder b;
  private @Nullable JobRequest plain; // most jobs are that, and so share it

  private JobDefinition(Builder builder) {
    b = builder;
    b.environment = fixed(b.environment);
    b.parameters = fixed(b.parameters);
  }

  private static Map<String, String> fixed(Map<String, String> map) {
    return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(map);
  }

  /** The request for it alone. */
  JobRequest plain() {
    JobRequest made = plain;
    if (made == null) {
      made = JobRequest.builder(this).build();
      plain = made;
    }
    return made;
  }

  /** Returns the definition of a command, named after its program. */
  public static JobDefinition command(String... arguments) {
    String program = arguments.length == 0 ? "" : arguments[0];
    String name = program.substring(program.lastIndexOf('/') + 1);
    return builder(name.isBlank() ? "command" : name).command(arguments).build();
  }

  /** Returns a builder of a definition with this name. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Returns a builder that holds all that this definition says. */
  public Builder toBuilder() {
    return new Builder(b);
  }

  /** The name for people: free text of at most 128 characters, without NUL and newlines. */
  public String name() {
    return b.name;
  }

  /** What to run; absent only until a validator refuses that. */
  public Optional<Work> work() {
    return Optional.ofNullable(b.work);
  }

  /** The container image, for backends that run containers. */
  public Optional<String> image() {
    return Optional.ofNullable(b.image);
  }

  /** What it needs. */
  public Resources resources() {
    return b.resources;
  }

  /** What is started where; has to be said as soon as there are two nodes. */
  public Optional<Launch> launch() {
    return Optional.ofNullable(b.launch);
  }

  /** Its own environment variables, sorted by name. */
  public Map<String, String> environment() {
    return b.environment;
  }

  /** Whether it starts from the whole environment of this process, instead of a minimal one. */
  public boolean inheritEnvironment() {
    return b.inheritEnvironment;
  }

  /** Values of parameters, sorted by name. */
  public Map<String, String> parameters() {
    return b.parameters;
  }

  /** How often a failed attempt is repeated; default: not at all. */
  public RetryPolicy retry() {
    return b.retry;
  }

  /** How long an attempt may run, from its start; absent: as long as it likes. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(b.timeout);
  }

  /** Where it runs, and where relative output patterns lead; absent: the backend's own. */
  public Optional<String> workingDirectory() {
    return Optional.ofNullable(b.workingDirectory);
  }

  /** The file it reads as standard input; absent: there is none. */
  public Optional<String> stdin() {
    return Optional.ofNullable(b.stdin);
  }

  /** The pattern of the output file; absent: {@code hpc4j-%x-%j_%a.out}. */
  public Optional<String> stdout() {
    return Optional.ofNullable(b.stdout);
  }

  /** The pattern of the error output file; absent: the same file as the output. */
  public Optional<String> stderr() {
    return Optional.ofNullable(b.stderr);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof JobDefinition d && fields().equals(d.fields());
  }

  @Override
  public int hashCode() {
    return fields().hashCode();
  }

  private List<Object> fields() {
    return List.of(
        b.name,
        work(),
        image(),
        b.resources,
        launch(),
        b.environment,
        b.inheritEnvironment,
        b.parameters,
        b.retry,
        timeout(),
        workingDirectory(),
        stdin(),
        stdout(),
        stderr());
  }

  /** The name and resources; never an environment value. */
  @Override
  public String toString() {
    return b.name + " (" + b.resources + ")";
  }

  /** Builds a {@link JobDefinition}; not thread-safe. */
  public static final class Builder {
    private String name;
    private @Nullable Work work;
    private @Nullable String image;
    private Resources resources = Resources.defaults();
    private @Nullable Launch launch;
    private Map<String, String> environment = Map.of(); // mostly none: a job costs little
    private boolean inheritEnvironment;
    private Map<String, String> parameters = Map.of(); // as are these
    private RetryPolicy retry = RetryPolicy.none();
    private @Nullable Duration timeout;
    private @Nullable String workingDirectory;
    private @Nullable String stdin;
    private @Nullable String stdout;
    private @Nullable String stderr;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    private Builder(Builder from) {
      this(from.name);
      work = from.work;
      image = from.image;
      resources = from.resources;
      launch = from.launch;
      environment = copy(from.environment);
      inheritEnvironment = from.inheritEnvironment;
      parameters = copy(from.parameters);
      retry = from.retry;
      timeout = from.timeout;
      workingDirectory = from.workingDirectory;
      stdin = from.stdin;
      stdout = from.stdout;
      stderr = from.stderr;
    }

    private static Map<String, String> copy(Map<String, String> map) {
      return map.isEmpty() ? map : new TreeMap<>(map);
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
      Map<String, String> more = map.isEmpty() ? new TreeMap<>() : map;
      more.put(key, value);
      return more;
    }

    /** Sets the name. */
    public Builder name(String value) {
      name = Objects.requireNonNull(value, "name");
      return this;
    }

    /** Sets what to run. */
    public Builder work(Work value) {
      work = Objects.requireNonNull(value, "work");
      return this;
    }

    /** Runs a program with these arguments. */
    public Builder command(String... arguments) {
      return work(Work.command(arguments));
    }

    /** Runs the text of a script. */
    public Builder script(String text, String... arguments) {
      return work(Work.script(text, arguments));
    }

    /**
     * Runs a script that is read from a file now.
     *
     * @throws InvalidJobException if the file cannot be read
     */
    public Builder scriptFile(Path file, String... arguments) {
      return work(Work.scriptFile(file, arguments));
    }

    /** Runs a task in this JVM. */
    public Builder java(JavaTask<?> task) {
      return work(Work.java(task));
    }

    /** Sets the container image. */
    public Builder image(String value) {
      image = Objects.requireNonNull(value, "image");
      return this;
    }

    /** Sets what it needs; default {@link Resources#defaults()}. */
    public Builder resources(Resources value) {
      resources = Objects.requireNonNull(value, "resources");
      return this;
    }

    /** Sets what is started where. */
    public Builder launch(Launch value) {
      launch = Objects.requireNonNull(value, "launch");
      return this;
    }

    /** Sets an environment variable. */
    public Builder environment(String variable, String value) {
      Objects.requireNonNull(variable, "variable");
      environment = with(environment, variable, Objects.requireNonNull(value, "value"));
      return this;
    }

    /** Sets environment variables. */
    public Builder environment(Map<String, String> variables) {
      variables.forEach(this::environment);
      return this;
    }

    /** Starts from the whole environment of this process, instead of a minimal one. */
    public Builder inheritEnvironment() {
      return inheritEnvironment(true);
    }

    /** Sets whether to start from the whole environment of this process; default false. */
    public Builder inheritEnvironment(boolean value) {
      inheritEnvironment = value;
      return this;
    }

    /** Sets the value of a parameter. */
    public Builder parameter(String parameter, String value) {
      Objects.requireNonNull(parameter, "parameter");
      parameters = with(parameters, parameter, Objects.requireNonNull(value, "value"));
      return this;
    }

    /** Sets how often a failed attempt is repeated; default {@link RetryPolicy#none()}. */
    public Builder retry(RetryPolicy value) {
      retry = Objects.requireNonNull(value, "retry");
      return this;
    }

    /** Sets how long an attempt may run; default: as long as it likes. */
    public Builder timeout(Duration value) {
      timeout = Objects.requireNonNull(value, "timeout");
      return this;
    }

    /** Sets where it runs. */
    public Builder workingDirectory(String value) {
      workingDirectory = Objects.requireNonNull(value, "workingDirectory");
      return this;
    }

    /** Sets where it runs. */
    public Builder workingDirectory(Path value) {
      return workingDirectory(value.toString());
    }

    /** Sets the file it reads as standard input. */
    public Builder stdin(String value) {
      stdin = Objects.requireNonNull(value, "stdin");
      return this;
    }

    /** Sets the pattern of the output file. */
    public Builder stdout(String pattern) {
      stdout = Objects.requireNonNull(pattern, "pattern");
      return this;
    }

    /** Sets the pattern of a file of its own for error output. */
    public Builder stderr(String pattern) {
      stderr = Objects.requireNonNull(pattern, "pattern");
      return this;
    }

    /** Returns the definition; the builder can be used on. What is wrong shows at submission. */
    public JobDefinition build() {
      return new JobDefinition(new Builder(this));
    }
  }
}
