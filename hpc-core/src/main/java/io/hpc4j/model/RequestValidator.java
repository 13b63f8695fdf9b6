package io.hpc4j.model;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds everything that is wrong with a request without asking any backend. */
final class RequestValidator {
  private static final int MAX_NAME = 128;
  private static final int MAX_COUNT = 1_000_000;
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern PARAMETER = Pattern.compile("[A-Za-z0-9_-]+");
  private static final Pattern SHARE = Pattern.compile("[A-Za-z0-9]{1,255}");
  private static final Pattern PLACEHOLDER = Pattern.compile("%[xjAatnN%]");

  private final JobRequest request;
  private final List<Problem> problems = new ArrayList<>();

  private RequestValidator(JobRequest request) {
    this.request = request;
  }

  static List<Problem> check(JobRequest request) {
    RequestValidator validator = new RequestValidator(request);
    validator.checkDefinition(request.effective());
    validator.checkRequest();
    return List.copyOf(validator.problems);
  }

  private void checkDefinition(JobDefinition definition) {
    checkText("name", definition.name());
    if (definition.name().length() > MAX_NAME) {
      add("name", definition.name(), "must have at most " + MAX_NAME + " characters");
    }
    definition
        .work()
        .ifPresentOrElse(
            this::checkWork, () -> add("work", "", "say what to run: a command, a script, a task"));
    checkResources(definition.resources());
    if (definition.resources().nodes() > 1 && definition.launch().isEmpty()) {
      add("launch", "", "say what is started where: MAIN, PER_NODE or PER_TASK");
    }
    definition.environment().forEach(this::checkVariable);
    definition
        .parameters()
        .keySet()
        .forEach(name -> require("parameters", name, PARAMETER, "must be of A-Z a-z 0-9 _ -"));
    Parameters.check(request.overrides().applyTo(request.definition()), problems);
    definition.image().ifPresent(image -> checkText("image", image));
    definition.workingDirectory().ifPresent(path -> checkText("workingDirectory", path));
    definition.stdin().ifPresent(path -> checkText("stdin", path));
    definition.stdout().ifPresent(pattern -> checkPattern("stdout", pattern));
    definition.stderr().ifPresent(pattern -> checkPattern("stderr", pattern));
    definition.timeout().ifPresent(timeout -> checkPositive("timeout", timeout));
    definition.retry().check(problems);
  }

  private void checkWork(Work work) {
    if (work instanceof Work.Command command) {
      List<String> arguments = command.arguments();
      if (arguments.isEmpty() || arguments.get(0).isBlank()) {
        add("work.command", arguments, "needs a program");
      }
      checkArguments("work.command", arguments);
    } else if (work instanceof Work.Script script) {
      if (script.text().isBlank()) {
        add("work.script", script.text(), "is empty");
      }
      if (script.text().indexOf('\0') >= 0) {
        add("work.script", "NUL", "must not hold a NUL character");
      }
      checkArguments("work.arguments", script.arguments());
    } else if (work instanceof Work.Simulation simulation) {
      if (simulation.duration().isNegative()) {
        add("work.duration", simulation.duration(), "must not be negative");
      }
      if (simulation.exitCode() < 0 || simulation.exitCode() > 255) {
        add("work.exitCode", simulation.exitCode(), "must be 0..255");
      }
    }
  }

  private void checkArguments(String field, List<String> arguments) {
    for (String argument : arguments) {
      if (argument.indexOf('\0') >= 0) {
        add(field, argument, "must not hold a NUL character");
      }
    }
  }

  private void checkResources(Resources r) {
    int before = problems.size();
    r.statedNodes().ifPresent(n -> checkCount("resources.nodes", n));
    r.statedTasksPerNode().ifPresent(n -> checkCount("resources.tasksPerNode", n));
    r.statedTotalTasks().ifPresent(n -> checkCount("resources.totalTasks", n));
    r.statedCpusPerTask().ifPresent(n -> checkCount("resources.cpusPerTask", n));
    r.statedGpusPerNode()
        .ifPresent(
            n -> {
              if (n < 0 || n > MAX_COUNT) {
                add("resources.gpus", n, "must be 0.." + MAX_COUNT);
              }
            });
    if (r.memoryPerNode().bytes() <= 0) {
      add("resources.memory", r.memoryPerNode(), "must be more than zero");
    }
    r.consumables()
        .forEach(
            (name, amount) -> {
              checkText("resources.consumables", name);
              if (amount < 1) {
                add("resources.consumables", name + "=" + amount, "must be at least 1");
              }
            });
    r.features().stream()
        .filter(name -> !Features.isName(name))
        .forEach(name -> add("resources.features", name, Features.RULE));
    if (problems.size() == before) {
      checkAlgebra(r);
    }
  }

  private void checkAlgebra(Resources r) {
    long tasks = (long) r.nodes() * r.tasksPerNode();
    if (r.statedTotalTasks().isPresent() && r.statedTotalTasks().getAsInt() != tasks) {
      String factors =
          "nodes " + show(r.statedNodes()) + ", tasksPerNode " + show(r.statedTasksPerNode());
      add(
          "resources.totalTasks",
          r.statedTotalTasks().getAsInt(),
          "must be nodes x tasksPerNode without remainder (" + factors + ")");
    } else if (tasks > MAX_COUNT || tasks * r.cpusPerTask() > MAX_COUNT) {
      add("resources", r, "must not exceed " + MAX_COUNT + " tasks or cpus in all");
    }
  }

  private static String show(OptionalInt stated) {
    return stated.isPresent() ? String.valueOf(stated.getAsInt()) : "not said";
  }

  private void checkVariable(String name, String value) {
    require("environment", name, VARIABLE, "a name is a letter or _, then letters, digits and _");
    if (Variables.isReserved(name)) {
      add("environment", name, "names with HPC4J_ or AWS_BATCH in front are reserved");
    }
    if (value.indexOf('\0') >= 0) {
      add("environment", name, "the value must not hold a NUL character");
    }
  }

  private void checkPattern(String field, String pattern) {
    checkText(field, pattern);
    if (PLACEHOLDER.matcher(pattern).replaceAll("").contains("%")) {
      add(field, pattern, "knows only %x %j %A %a %t %n %N %%");
    }
  }

  private void checkRequest() {
    request.queue().ifPresent(queue -> checkText("queue", queue));
    request.array().ifPresent(this::checkArray);
    if (request.array().isEmpty()) {
      if (request.sequential()) {
        refuseWithoutArray("sequential", true);
      }
      request.throttle().ifPresent(n -> refuseWithoutArray("throttle", n));
      request.maxFailures().ifPresent(n -> refuseWithoutArray("maxFailures", n));
      if (request.failFast()) {
        refuseWithoutArray("failFast", true);
      }
    }
    request.throttle().ifPresent(n -> checkCount("throttle", n));
    request
        .maxFailures()
        .ifPresent(
            n -> {
              if (n < 0) {
                add("maxFailures", n, "must not be negative");
              }
            });
    checkDependencies();
    if (request.priority() < 0 || request.priority() > JobRequest.MAX_PRIORITY) {
      add("priority", request.priority(), "must be 0.." + JobRequest.MAX_PRIORITY);
    }
    request
        .share()
        .ifPresent(share -> require("share", share, SHARE, "must be 1..255 letters and digits"));
    request.unschedulableLimit().ifPresent(limit -> checkPositive("failIfUnschedulableFor", limit));
    if (request.begin().isPresent()
        && request.deadline().isPresent()
        && !request.begin().get().isBefore(request.deadline().get())) {
      add("deadline", request.deadline().get(), "must be after begin " + request.begin().get());
    }
  }

  private void checkArray(IndexSet array) {
    if (request.badArraySize().isPresent()) {
      add(
          "array.size",
          request.badArraySize().getAsInt(),
          "must be 1.." + JobRequest.MAX_ARRAY_SIZE);
    } else if (array.isEmpty()) {
      add("array", "", "needs at least one index");
    } else if (array.last() >= JobRequest.MAX_ARRAY_SIZE) {
      add("array", array, "indices must be less than " + JobRequest.MAX_ARRAY_SIZE);
    }
  }

  private void refuseWithoutArray(String field, Object value) {
    add(field, value, "has a meaning only for an array");
  }

  private void checkDependencies() {
    Set<Dependency> seen = new HashSet<>();
    for (Dependency dependency : request.dependencies()) {
      if (!seen.add(dependency)) {
        add("dependencies", dependency, "is there twice");
      }
      if (dependency.kind() == Dependency.Kind.EACH
          && (!request.isArray() || dependency.on().index().isPresent())) {
        add("dependencies", dependency, "index by index is for an array that waits for an array");
      }
      if (dependency.on().node().isPresent()) {
        add("dependencies", dependency, "a single node cannot be waited for");
      }
    }
  }

  private void checkText(String field, String text) {
    if (text.isBlank()) {
      add(field, text, "must not be blank");
    }
    if (text.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r')) {
      add(field, text, "must not hold NUL or a line break");
    }
  }

  private void checkCount(String field, int count) {
    if (count < 1 || count > MAX_COUNT) {
      add(field, count, "must be 1.." + MAX_COUNT);
    }
  }

  private void checkPositive(String field, Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      add(field, duration, "must be more than zero");
    }
  }

  private void require(String field, String value, Pattern pattern, String rule) {
    if (!pattern.matcher(value).matches()) {
      add(field, value, rule);
    }
  }

  private void add(String field, Object value, String rule) {
    problems.add(Problem.of(field, Objects.toString(value), rule));
  }
}
