package io.hpc4j.testkit;

import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.local.SimulationRule;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.Cancellable;
import io.hpc4j.time.Phase;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * A JUnit 5 extension that gives each test method a local cluster of its own: as a {@link
 * JobClient}, a {@link LocalBackend} and, if the method has such a parameter, in a {@link
 * VirtualTime}.
 *
 * <pre>{@code
 * @ExtendWith(HpcExtension.class)
 * class PipelineTest {
 *   @Test
 *   void merges_after_all_parts(JobClient hpc, VirtualTime time) {
 *     Job parts = hpc.submit(part, r -> r.array(8));
 *     hpc.submit(merge, r -> r.after(parts)).await().orThrow();
 *   }
 * }
 * }</pre>
 *
 * <p>A test fails that leaves jobs unfinished or processes behind, and one that takes too long. A
 * failure carries the tables of queue and nodes, and why jobs waited. For another cluster, rule or
 * limit use {@link #builder()} and a field with {@code @RegisterExtension}. In virtual time
 * commands do what the rule says; without a rule each succeeds after a minute. Thread-safe.
 */
public final class HpcExtension
    implements ParameterResolver, InvocationInterceptor, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(HpcExtension.class);
  private static final SimulationRule A_MINUTE =
      (definition, index, attempt) -> Simulated.success(Duration.ofMinutes(1));

  private final List<JobQueue> queues;
  private final SimulationRule rule;
  private final Duration timeLimit;
  private final boolean leftoversAllowed;

  /** Creates one with the defaults. */
  public HpcExtension() {
    this(new Builder());
  }

  private HpcExtension(Builder b) {
    queues = List.copyOf(b.queues);
    rule = b.rule;
    timeLimit = b.timeLimit;
    leftoversAllowed = b.leftoversAllowed;
  }

  /** Returns a builder, for {@code @RegisterExtension}. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == JobClient.class || type == LocalBackend.class || type == VirtualTime.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestCluster cluster = cluster(context);
    Class<?> type = parameter.getParameter().getType();
    if (type == JobClient.class) {
      return cluster.client();
    }
    return type == LocalBackend.class ? cluster.backend() : cluster.time();
  }

  private TestCluster cluster(ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            TestCluster.class, type -> open(isVirtual(context)), TestCluster.class);
  }

  private static boolean isVirtual(ExtensionContext context) {
    return context
        .getTestMethod()
        .map(method -> Arrays.asList(method.getParameterTypes()).contains(VirtualTime.class))
        .orElse(false);
  }

  private TestCluster open(boolean virtual) {
    LocalBackend.Builder b = LocalBackend.builder().grace(Duration.ofSeconds(1));
    queues.forEach(b::queue);
    TimeSource time =
        virtual ? VirtualTime.startingAt("2026-01-01T00:00:00Z") : TimeSource.system();
    b.time(time);
    if (virtual) {
      b.simulate(rule);
    }
    LocalBackend backend = b.build();
    return new TestCluster(backend, JobClient.on(backend), time);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    Thread test = Thread.currentThread();
    AtomicBoolean late = new AtomicBoolean();
    Cancellable alarm =
        TimeSource.system()
            .schedule(
                timeLimit,
                Phase.MONITOR,
                () -> {
                  late.set(true);
                  test.interrupt();
                });
    try {
      invocation.proceed();
      alarm.cancel();
      checkLate(late, null);
    } catch (Throwable failure) {
      alarm.cancel();
      TestCluster cluster = context.getStore(NAMESPACE).get(TestCluster.class, TestCluster.class);
      if (cluster != null) {
        failure.addSuppressed(new Diagnosis(cluster.describe()));
      }
      checkLate(late, failure);
      throw failure;
    }
  }

  private void checkLate(AtomicBoolean late, @Nullable Throwable cause) {
    if (late.get()) {
      Thread.interrupted();
      throw new AssertionError("the test took longer than " + timeLimit, cause);
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestCluster cluster = context.getStore(NAMESPACE).remove(TestCluster.class, TestCluster.class);
    if (cluster == null) {
      return;
    }
    List<String> leftovers = cluster.close();
    boolean passed = context.getExecutionException().isEmpty();
    if (passed && !leftoversAllowed && !leftovers.isEmpty()) {
      throw new AssertionError("the test left behind:\n  " + String.join("\n  ", leftovers));
    }
  }

  /** What the cluster looked like, to stand below a failure. */
  private static final class Diagnosis extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Diagnosis(String text) {
      super(text, null, false, false);
    }
  }

  /** Builds an {@link HpcExtension}; not thread-safe. */
  public static final class Builder {
    private final List<JobQueue> queues = new ArrayList<>();
    private SimulationRule rule = A_MINUTE;
    private Duration timeLimit = Duration.ofSeconds(30);
    private boolean leftoversAllowed;

    private Builder() {}

    /** Adds a queue; the first is the default. Without any there is one on this machine. */
    public Builder queue(JobQueue queue) {
      queues.add(Objects.requireNonNull(queue, "queue"));
      return this;
    }

    /** Sets what commands do in virtual time; default: each succeeds after a minute. */
    public Builder simulate(SimulationRule value) {
      rule = Objects.requireNonNull(value, "rule");
      return this;
    }

    /** Sets how long a test may take, in real time; default 30 s. */
    public Builder timeLimit(Duration value) {
      timeLimit = Objects.requireNonNull(value, "timeLimit");
      return this;
    }

    /** Lets tests leave unfinished jobs; they are cancelled all the same. */
    public Builder allowLeftovers() {
      leftoversAllowed = true;
      return this;
    }

    /** Returns the extension. */
    public HpcExtension build() {
      return new HpcExtension(this);
    }
  }
}
