package io.hpc4j;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Overrides;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Definitions and requests as random as their types allow, most of them wrong. */
final class RandomJobs {
  private static final List<String> HARD_TEXTS =
      List.of("", " ", "\0", "\"\\\n\t", "ü€😀", "Ref::x", "Ref::", "{}", "null", "%a%", "x");

  private final Random random;

  RandomJobs(long seed) {
    random = new Random(seed);
  }

  JobDefinition definition() {
    JobDefinition.Builder b = JobDefinition.builder(text());
    maybe(this::work, b::work);
    maybe(this::text, b::image);
    maybe(this::resources, b::resources);
    maybe(() -> one(Launch.values()), b::launch);
    b.environment(texts()).inheritEnvironment(random.nextBoolean());
    texts().forEach(b::parameter);
    maybe(this::retry, b::retry);
    maybe(this::duration, b::timeout);
    maybe(this::text, b::workingDirectory);
    maybe(this::text, b::stdin);
    maybe(this::text, b::stdout);
    maybe(this::text, b::stderr);
    return b.build();
  }

  JobRequest request() {
    JobRequest.Builder b = JobRequest.builder(definition());
    maybe(this::overrides, b::overrides);
    maybe(this::text, b::queue);
    maybe(this::indices, b::array);
    maybe(random::nextInt, b::throttle);
    maybe(random::nextInt, b::maxFailures);
    list(this::dependency).forEach(b::dependency);
    maybe(random::nextInt, b::priority);
    maybe(this::text, b::share);
    maybe(this::instant, b::begin);
    maybe(this::instant, b::deadline);
    maybe(this::duration, b::failIfUnschedulableFor);
    return b.sequential(random.nextBoolean())
        .failFast(random.nextBoolean())
        .hold(random.nextBoolean())
        .build();
  }

  private Overrides overrides() {
    return new Overrides(
        optional(this::work),
        optional(this::resources),
        texts(),
        texts(),
        optional(this::retry),
        optional(this::duration));
  }

  private Work work() {
    return switch (random.nextInt(3)) {
      case 0 -> new Work.Command(list(this::text));
      case 1 -> new Work.Script(text(), list(this::text));
      default -> new Work.Simulation(duration(), random.nextInt());
    };
  }

  private Resources resources() {
    Resources r = random.nextBoolean() ? Resources.nodes(number()) : Resources.defaults();
    r = random.nextBoolean() ? r.tasksPerNode(number()) : r;
    r = random.nextBoolean() ? r.totalTasks(number()) : r;
    r = random.nextBoolean() ? r.cpusPerTask(number()) : r;
    r = random.nextBoolean() ? r.gpus(number()) : r;
    r = random.nextBoolean() ? r.memory(memory()) : r;
    r = random.nextBoolean() ? r.consumable(text(), random.nextLong()) : r;
    r = random.nextBoolean() ? r.features(list(this::text).toArray(String[]::new)) : r;
    return random.nextBoolean() ? r.exclusive() : r;
  }

  private RetryPolicy retry() {
    RetryPolicy r = RetryPolicy.attempts(number());
    for (RetryPolicy.Rule rule : list(this::rule)) {
      r = r.with(rule);
    }
    r = random.nextBoolean() ? r.growMemoryUpTo(memory()) : r;
    r = random.nextBoolean() ? r.delay(duration()) : r;
    return random.nextBoolean() ? r.backoff(factor()) : r;
  }

  private RetryPolicy.Rule rule() {
    Set<Reason> reasons = new HashSet<>(list(() -> one(Reason.values())));
    Set<Integer> exitCodes = new HashSet<>(list(this::number));
    return new RetryPolicy.Rule(reasons, exitCodes, random.nextBoolean(), factor());
  }

  private Dependency dependency() {
    JobId id = JobId.of("local", "cluster/" + number(), "0a1b2c");
    id = random.nextBoolean() ? id.element(random.nextInt(IndexSet.MAX_INDEX)) : id;
    id = random.nextBoolean() ? id.withHints("20_1", "h4j&x=?") : id;
    return new Dependency(one(Dependency.Kind.values()), id);
  }

  private IndexSet indices() {
    Set<Integer> indices = new HashSet<>(list(() -> random.nextInt(20)));
    return IndexSet.of(indices.stream().mapToInt(Integer::intValue).toArray());
  }

  private Map<String, String> texts() {
    Map<String, String> texts = new HashMap<>();
    list(this::text).forEach(name -> texts.put(name, text()));
    return texts;
  }

  private String text() {
    return random.nextBoolean()
        ? HARD_TEXTS.get(random.nextInt(HARD_TEXTS.size()))
        : random
            .ints(random.nextInt(12), 0, Character.MAX_CODE_POINT + 1)
            .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
  }

  private int number() {
    return random.nextBoolean() ? random.nextInt(6) - 1 : random.nextInt();
  }

  private double factor() {
    double any = Double.longBitsToDouble(random.nextLong());
    return random.nextBoolean() || !Double.isFinite(any) ? random.nextInt(4) / 2.0 : any;
  }

  private Memory memory() {
    return random.nextBoolean()
        ? Memory.ofGiB(random.nextInt(512))
        : Memory.ofBytes(random.nextLong());
  }

  private Duration duration() {
    return random.nextBoolean()
        ? Duration.ofMillis(random.nextInt())
        : Duration.ofSeconds(random.nextLong(), random.nextInt(1_000_000_000));
  }

  private Instant instant() {
    long span = Instant.MAX.getEpochSecond();
    return Instant.ofEpochSecond(random.nextLong() % span, random.nextInt(1_000_000_000));
  }

  private <T> T one(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private <T> Optional<T> optional(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> void maybe(Supplier<T> value, Consumer<T> setter) {
    optional(value).ifPresent(setter);
  }
}
