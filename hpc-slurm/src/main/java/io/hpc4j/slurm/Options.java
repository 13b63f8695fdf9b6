package io.hpc4j.slurm;

import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a request asks of Slurm by its resources, its share and its options together. Pure. */
final class Options {
  private static final Pattern GROUP = Pattern.compile("\\([^()]*\\)|\\[[^\\[\\]]*\\]");
  private static final String MIXED =
      "has an | beside a group, which Slurm cannot join to resources.features: say these in it";

  private Options() {}

  /** The options of a request; those that say nothing if it has none. */
  static SlurmOptions of(JobRequest request) {
    return request.options().get(SlurmOptions.BACKEND) instanceof SlurmOptions options
        ? options
        : SlurmOptions.create();
  }

  /**
   * The arguments of sbatch.
   *
   * @param nice whether priorities become nice values
   */
  static List<String> arguments(JobRequest request, boolean nice) {
    SlurmOptions options = of(request);
    Resources r = request.effective().resources();
    List<String> all = new ArrayList<>();
    add(all, "account", options.account().or(request::share));
    add(all, "qos", options.qos());
    add(all, "reservation", options.reservation());
    add(all, "licenses", joined(counted(r.consumables(), options.licences()), ","));
    List<String> features = new ArrayList<>(r.features());
    options.constraint().map(c -> features.isEmpty() ? c : besides(c)).ifPresent(features::add);
    add(all, "constraint", joined(features, "&"));
    add(all, "gres", joined(counted(gpus(r, options), options.gres()), ","));
    if (options.isExclusive() || r.isExclusive()) {
      all.add("--exclusive");
    }
    if (options.nice().isPresent()) {
      all.add("--nice=" + options.nice().getAsInt());
    } else if (nice) {
      all.add("--nice=" + (JobRequest.MAX_PRIORITY - request.priority()));
    }
    add(all, "comment", options.comment());
    add(all, "mail-user", options.mailUser());
    add(all, "mail-type", joined(options.mailTypes().stream().map(Enum::name).toList(), ","));
    all.addAll(options.raw());
    return all;
  }

  /** Slurm's {@code &} binds closer than its {@code |}. */
  private static String besides(String constraint) {
    return hasOpenOr(constraint) ? "(" + constraint + ")" : constraint;
  }

  /** Whether there is an "or" outside all parentheses and brackets. */
  private static boolean hasOpenOr(String constraint) {
    return GROUP.matcher(constraint).replaceAll("").contains("|");
  }

  /** What is wrong with a request's options, alone and beside its resources. */
  static List<Problem> problems(JobRequest request) {
    SlurmOptions options = of(request);
    List<Problem> all = new ArrayList<>(options.problems());
    if (!request.effective().resources().features().isEmpty()) {
      options
          .constraint()
          .filter(c -> hasOpenOr(c) && GROUP.matcher(c).find()) // no groups within groups
          .ifPresent(c -> all.add(Problem.of("options.slurm.constraint", c, MIXED)));
    }
    return all;
  }

  private static Map<String, Integer> gpus(Resources r, SlurmOptions options) {
    String type = options.gpuType().map(t -> "gpu:" + t).orElse("gpu");
    return r.gpusPerNode() > 0 ? Map.of(type, r.gpusPerNode()) : Map.of();
  }

  private static List<String> counted(
      Map<String, ? extends Number> some, Map<String, ? extends Number> others) {
    Map<String, Long> all = new TreeMap<>();
    Stream.of(some, others)
        .flatMap(counts -> counts.entrySet().stream())
        .forEach(e -> all.merge(e.getKey(), e.getValue().longValue(), Long::sum));
    return all.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).toList();
  }

  private static Optional<String> joined(Collection<String> values, String by) {
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(by, values));
  }

  private static void add(List<String> all, String option, Optional<String> value) {
    value.ifPresent(v -> all.add("--" + option + "=" + v));
  }
}
