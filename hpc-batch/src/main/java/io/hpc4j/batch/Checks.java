package io.hpc4j.batch;

import io.hpc4j.batch.request.CanonicalJson;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.Parts;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.batch.request.Retries;
import io.hpc4j.batch.request.Sizes;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.NotFoundException;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.model.Work;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * Finds what is wrong with a request here, all of it at once. AWS Batch checks little before it
 * takes a job, and some of it only when the job is to start.
 */
final class Checks {
  private static final int MOST_NODES = 1000;
  private static final int MOST_GANGS = 1000;
  private static final Memory MOST_MEMORY = Memory.ofGiB(32 * 1024);
  private static final int MOST_SUBMISSION = 30 * 1024;
  private static final int MOST_DEFINITION = 24 * 1024;

  private final Site site;
  private final Function<JobId, BatchJob> known;
  private final InstantSource time;

  Checks(Site site, Function<JobId, BatchJob> known, InstantSource time) {
    this.site = site;
    this.known = known;
    this.time = time;
  }

  /** Everything but what {@link #sizes} finds. */
  List<Problem> check(JobRequest request, String image) {
    List<Problem> problems = new ArrayList<>(0);
    Stated options = Options.of(request);
    Optional<Site.Queue> queue = queue(request, problems);
    JobDefinition d = request.effective();
    boolean fargate = options.isFargate() || queue.map(Site.Queue::isFargate).orElse(false);
    queue.ifPresent(q -> fits(request, q, problems));
    if (d.image().isEmpty() && image.isEmpty() && options.existing().isEmpty()) {
      add(problems, "image", "", "AWS Batch runs containers: name an image");
    }
    options
        .existing()
        .filter(definition -> !site.hasDefinition(definition))
        .ifPresent(
            definition ->
                add(problems, "options.batch.existing", definition, "is no active definition"));
    Resources r = d.resources();
    if (r.nodes() > MOST_NODES) {
      add(problems, "resources.nodes", r.nodes(), "must be at most " + MOST_NODES);
    }
    if (r.memoryPerNode().compareTo(MOST_MEMORY) > 0) {
      add(problems, "resources.memory", r.memoryPerNode(), "no instance has more than 32 TiB");
    }
    if (r.nodes() > 1 && request.size() > MOST_GANGS) {
      add(problems, "array.size", request.size(), "of jobs of several nodes at most " + MOST_GANGS);
    }
    if (fargate) {
      fargate(r, options, problems);
    }
    r.consumables().keySet().stream()
        .filter(name -> !site.hasConsumable(name))
        .forEach(
            name -> add(problems, "resources.consumables", name, "is no consumable resource here"));
    if (options.isWithoutShim()) {
      withoutShim(request, problems);
    }
    arguments(d, problems);
    if (request.sequential() && Retries.natively(d.retry()).isEmpty()) {
      add(problems, "sequential", true, "AWS Batch would not wait for an element's next attempt");
    }
    Instant now = time.instant();
    request
        .deadline()
        .filter(deadline -> !deadline.isAfter(now))
        .ifPresent(deadline -> add(problems, "deadline", deadline, "has passed, at " + now));
    request.dependencies().forEach(each -> depends(request, each, problems));
    if (request.isArray() && d.work().isPresent()) {
      byIndex(request, Parts.of(request, Options.form(request, image, fargate)), problems);
    }
    return problems;
  }

  /** Only plain dependencies can be gathered when there are too many. */
  private static void byIndex(JobRequest request, List<NativeJob> parts, List<Problem> problems) {
    if (!parts.get(0).isArray()) {
      return;
    }
    int each =
        (int) request.dependencies().stream().filter(d -> d.kind() == Dependency.Kind.EACH).count();
    int typed = each + (request.sequential() ? 1 : 0);
    boolean plain =
        request.dependencies().size() > each || (request.sequential() && parts.size() > 1);
    int most = Sender.MOST_DEPENDENCIES - (plain ? 1 : 0);
    if (typed > most) {
      add(problems, "dependencies", typed, "AWS Batch takes at most " + most + " index by index");
    }
  }

  private Optional<Site.Queue> queue(JobRequest request, List<Problem> problems) {
    Optional<String> name = request.queue().or(site::defaultQueue);
    if (name.isEmpty()) {
      add(problems, "queue", "", "AWS Batch has no default queue: name one");
      return Optional.empty();
    }
    if (name.get().isBlank()) {
      return Optional.empty(); // has been refused already
    }
    Site.Answer answer = site.queue(name.get());
    Optional<Site.Queue> queue = answer.queue();
    if (answer.known() && queue.isEmpty()) {
      add(problems, "queue", name.get(), "there is no such queue");
    }
    queue.ifPresent(
        q -> {
          if (!q.isEnabled()) {
            add(problems, "queue", q.name(), "is disabled: it takes no jobs");
          }
          if (q.isInvalid()) {
            String why = String.valueOf(q.detail().statusReason());
            add(problems, "queue", q.name(), "is " + q.detail().statusAsString() + ": " + why);
          }
          if (q.hasShares() && request.share().isEmpty()) {
            add(problems, "share", "", "queue " + q.name() + " shares fairly: name a share");
          }
          if (!q.hasShares() && request.share().isPresent()) {
            add(
                problems,
                "share",
                request.share().get(),
                "queue " + q.name() + " has no scheduling policy and takes no share");
          }
        });
    return queue;
  }

  private static void fits(JobRequest request, Site.Queue queue, List<Problem> problems) {
    Resources r = request.effective().resources();
    Capacity most = Environments.most(queue);
    if (queue.environments().isEmpty()) {
      return;
    }
    long cpus = (long) r.cpusPerNode() * r.nodes();
    if (cpus > most.cpus()) {
      add(
          problems,
          "resources",
          r,
          "could never run in queue "
              + queue.name()
              + ": it has at most "
              + most.cpus()
              + " vCPUs");
    }
    if (r.gpusPerNode() > 0 && !Environments.mayHaveGpus(queue)) {
      add(
          problems,
          "resources.gpus",
          r.gpusPerNode(),
          "no environment of queue " + queue.name() + " has instances with GPUs");
    }
    if (r.nodes() > 1 && queue.environments().stream().allMatch(Environments::isSpot)) {
      add(problems, "resources.nodes", r.nodes(), "jobs of several nodes do not run on Spot");
    }
  }

  private static void fargate(Resources r, Stated options, List<Problem> problems) {
    if (!Sizes.fitsFargate(r)) {
      add(
          problems,
          "resources",
          r,
          "Fargate has " + Sizes.fargate().collect(Collectors.joining(", ")));
    }
    if (r.gpusPerNode() > 0) {
      add(problems, "resources.gpus", r.gpusPerNode(), "Fargate has none");
    }
    if (r.nodes() > 1) {
      add(problems, "resources.nodes", r.nodes(), "jobs of several nodes do not run on Fargate");
    }
    if (options.executionRole().isEmpty() && options.existing().isEmpty()) {
      add(problems, "options.batch.executionRole", "", "Fargate needs one");
    }
    Map<String, Boolean> onlyEc2 = new TreeMap<>();
    onlyEc2.put("privileged", options.isPrivileged());
    onlyEc2.put("sharedMemory", options.sharedMemory().isPresent());
    onlyEc2.put("swap", options.swap().isPresent());
    onlyEc2.put("ulimits", !options.ulimits().isEmpty());
    onlyEc2.put("tmpfs", !options.tmpfs().isEmpty());
    onlyEc2.put("devices", !options.devices().isEmpty());
    onlyEc2.forEach(
        (name, said) -> {
          if (said) {
            add(problems, "options.batch." + name, "", "Fargate does not have it");
          }
        });
  }

  private static void withoutShim(JobRequest request, List<Problem> problems) {
    String rule = "needs a shell, which noShim() says there is none of";
    if (request.effective().work().orElse(null) instanceof Work.Script) {
      add(problems, "work", "script", rule);
    }
    if (request.effective().workingDirectory().isPresent()) {
      add(problems, "workingDirectory", request.effective().workingDirectory().get(), rule);
    }
    if (request.dependencies().size() > Sender.MOST_DEPENDENCIES) {
      add(problems, "dependencies", request.dependencies().size(), "more than 20: " + rule);
    }
    request
        .array()
        .filter(indices -> !isNumberedByAws(request, indices))
        .ifPresent(indices -> add(problems, "array", indices, rule));
  }

  /** Whether AWS's numbers are our indices, in each attempt; one element alone gets none there. */
  private static boolean isNumberedByAws(JobRequest request, IndexSet indices) {
    return indices.isContiguousFromZero()
        && indices.size() > 1
        && indices.size() <= NativeJob.MOST_ELEMENTS
        && !RequestMapper.isMultiNode(request)
        && Retries.natively(request.effective().retry()).isPresent();
  }

  private static void arguments(JobDefinition definition, List<Problem> problems) {
    if (definition.work().orElse(null) instanceof Work.Command command) {
      arguments("work.command", command.arguments(), 1, problems);
    } else if (definition.work().orElse(null) instanceof Work.Script script) {
      arguments("work.script", script.arguments(), 0, problems);
    }
  }

  private static void arguments(
      String field, List<String> arguments, int first, List<Problem> problems) {
    for (int i = first; i < arguments.size(); i++) {
      if (arguments.get(i).isEmpty()) {
        add(problems, field, "argument " + i, "AWS Batch takes no empty arguments");
      }
    }
  }

  private void depends(JobRequest request, Dependency dependency, List<Problem> problems) {
    try {
      BatchJob on = known.apply(dependency.on());
      synchronized (on) {
        if (dependency.on().index().isPresent()) {
          Object unused = on.task(dependency.on());
        }
        if (dependency.kind() == Dependency.Kind.EACH) {
          each(request, on, dependency, problems);
        }
      }
    } catch (NotFoundException | IllegalArgumentException e) {
      add(problems, "dependencies", dependency.on(), "is not a job known here");
    }
  }

  private static void each(
      JobRequest request, BatchJob on, Dependency dependency, List<Problem> problems) {
    IndexSet mine = request.array().orElse(IndexSet.empty());
    if (!on.isArray() || !mine.equals(on.tasks.indices())) {
      add(
          problems,
          "dependencies",
          dependency.on(),
          "index by index needs equal indices: "
              + text(mine)
              + " here, "
              + text(on.tasks.indices())
              + " there");
    } else if (on.isRetriedByProgram()) {
      add(
          problems,
          "dependencies",
          dependency.on(),
          "index by index does not wait for further attempts that AWS Batch does not make itself");
    }
  }

  private static String text(IndexSet indices) {
    return indices.isEmpty() ? "not an array" : indices.toString();
  }

  // ---- sizes

  /** What is too large of what would be sent, with the largest fields of it. */
  static List<Problem> sizes(BatchJob job) {
    List<Problem> problems = new ArrayList<>(0);
    for (NativeJob part : job.parts()) {
      SubmitJobRequest request = Sender.request(job, part, "x".repeat(128));
      int overrides = CanonicalJson.bytes(Parts.overrides(request));
      large(job, "container overrides", overrides, Parts.MOST_OVERRIDES, problems);
      large(job, "submission", CanonicalJson.bytes(request), MOST_SUBMISSION, problems);
      if (!problems.isEmpty()) {
        break;
      }
    }
    large(
        job, "definition", CanonicalJson.bytes(Sender.definition(job)), MOST_DEFINITION, problems);
    return problems;
  }

  private static void large(
      BatchJob job, String what, int bytes, int most, List<Problem> problems) {
    if (bytes > most) {
      JobDefinition d = Objects.requireNonNull(job.request).effective();
      Map<String, Integer> fields = new TreeMap<>();
      fields.put("work", d.work().map(Object::toString).orElse("").length());
      d.environment()
          .forEach(
              (name, value) -> fields.put("environment " + name, name.length() + bytes(value)));
      String largest =
          fields.entrySet().stream()
              .sorted(Comparator.comparing((Map.Entry<String, Integer> e) -> -e.getValue()))
              .limit(3)
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", "));
      add(
          problems,
          fields.getOrDefault("work", 0) * 2 >= bytes ? "work" : "environment",
          bytes + " bytes",
          "the "
              + what
              + " is too large: AWS Batch takes "
              + most
              + "; largest: "
              + largest
              + "; leave large input in a file or an object and pass its name");
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void add(List<Problem> problems, String field, Object value, String rule) {
    problems.add(Problem.of(field, value, rule));
  }
}
