package io.hpc4j.testkit;

import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.local.SimulationRule;
import io.hpc4j.model.JobQueue;
import io.hpc4j.time.TimeSource;
import io.hpc4j.time.VirtualTime;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * A JUnit 5 extension that gives each test a local cluster of its own: as a {@link JobClient}, a
 * {@link LocalBackend} and, if the test method has such a parameter, in a {@link VirtualTime}.
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
 * <p>A test fails that leaves jobs unfinished or processes of jobs behind, and one that takes too
 * long: it is interrupted, and told what all threads did then. Every failure carries the tables of
 * queue and nodes, why jobs waited, and what failed jobs wrote last. A test that ignores
 * interruption cannot be ended.
 *
 * <p>For another cluster, rule or limit:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final HpcExtension HPC =
 *     HpcExtension.builder()
 *         .queue(queue)
 *         .simulate((definition, index, attempt) -> Simulated.success(Duration.ofHours(2)))
 *         .build();
 * }</pre>
 *
 * <p>In virtual time commands do what the rule says; without a rule each succeeds after a minute.
 * In real time they run in a new directory, which is deleted after the test; the time between
 * SIGTERM and SIGKILL is one second. Test, before-each and after-each methods can ask for
 * parameters, each of them may take the whole time limit; constructors and before-all methods
 * cannot. Thread-safe.
 */
public final class HpcExtension
    implements ParameterResolver, InvocationInterceptor, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(HpcExtension.class);
  private static final TimeSource CLOCK = TimeSource.system();
  private static final SimulationRule A_MINUTE =
      (definition, index, attempt) -> Simulated.success(Duration.ofMinutes(1));

  private final List<JobQueue> queues;
  private final SimulationRule rule;
  private final boolean virtualTime;
  private final Duration timeLimit;
  private final boolean leftoversAllowed;

  /** Creates one with the defaults. */
  public HpcExtension() {
    this(new Builder());
  }

  private HpcExtension(Builder b) {
    queues = List.copyOf(b.queues);
    rule = b.rule;
    virtualTime = b.virtualTime;
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
    boolean known =
        type == JobClient.class || type == LocalBackend.class || type == VirtualTime.class;
    return known
        && parameter.getDeclaringExecutable() instanceof Method
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    TestCluster cluster = cluster(parameter.getDeclaringExecutable(), context);
    Class<?> type = parameter.getParameter().getType();
    if (type == JobClient.class) {
      return cluster.client();
    }
    if (type == LocalBackend.class) {
      return cluster.backend();
    }
    if (!(cluster.time() instanceof VirtualTime time)) {
      throw new ParameterResolutionException(
          "the cluster has been opened in real time for an earlier method; let the test method ask"
              + " for a VirtualTime too, or use HpcExtension.builder().virtualTime()");
    }
    return time;
  }

  private TestCluster cluster(Executable asking, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            TestCluster.class,
            type -> open(virtualTime || isVirtual(asking) || isVirtual(context)),
            TestCluster.class);
  }

  private static boolean isVirtual(ExtensionContext context) {
    return context.getTestMethod().map(HpcExtension::isVirtual).orElse(false);
  }

  private static boolean isVirtual(Executable method) {
    return Arrays.asList(method.getParameterTypes()).contains(VirtualTime.class);
  }

  private TestCluster open(boolean virtual) {
    LocalBackend.Builder b = LocalBackend.builder().grace(Duration.ofSeconds(1));
    queues.forEach(b::queue);
    if (virtual) {
      b.time(VirtualTime.startingAt("2026-01-01T00:00:00Z")).simulate(rule);
    }
    return new TestCluster(b);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    bounded(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    bounded(invocation, context);
  }

  @Override
  public <T> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    return bounded(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context)
      throws Throwable {
    bounded(invocation, context);
  }

  @Override
  public void interceptBeforeEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    bounded(invocation, context);
  }

  @Override
  public void interceptAfterEachMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    bounded(invocation, context);
  }

  private <T> T bounded(Invocation<T> invocation, ExtensionContext context) throws Throwable {
    TestAlarm alarm = TestAlarm.after(timeLimit, CLOCK);
    try {
      T result = invocation.proceed();
      if (alarm.stop().isEmpty()) {
        return result;
      }
    } catch (Throwable failure) {
      throw explained(failure, alarm, context);
    }
    throw explained(null, alarm, context);
  }

  private Throwable explained(
      @Nullable Throwable cause, TestAlarm alarm, ExtensionContext context) {
    Optional<String> threads = alarm.stop();
    Throwable failure =
        threads.isPresent() ? tooLong(threads.get(), cause) : Objects.requireNonNull(cause);
    TestCluster cluster = context.getStore(NAMESPACE).get(TestCluster.class, TestCluster.class);
    if (cluster != null) {
      failure.addSuppressed(new Diagnosis(cluster.describe()));
    }
    return failure;
  }

  private AssertionError tooLong(String threads, @Nullable Throwable cause) {
    return new AssertionError(
        "the test took longer than " + timeLimit + "; its threads then:\n" + threads, cause);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    TestCluster cluster = context.getStore(NAMESPACE).remove(TestCluster.class, TestCluster.class);
    if (cluster == null) {
      return;
    }
    List<String> leftovers = new ArrayList<>(cluster.openJobs());
    String diagnosis = leftovers.isEmpty() ? "" : cluster.describe();
    leftovers.addAll(cluster.close());
    boolean passed = context.getExecutionException().isEmpty();
    if (passed && !leftoversAllowed && !leftovers.isEmpty()) {
      AssertionError failure =
          new AssertionError("the test left behind:\n  " + String.join("\n  ", leftovers));
      failure.addSuppressed(new Diagnosis(diagnosis));
      throw failure;
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
    private boolean virtualTime;
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

    /** Lets all tests live in virtual time; default: those that ask for a {@link VirtualTime}. */
    public Builder virtualTime() {
      virtualTime = true;
      return this;
    }

    /**
     * Sets how long a test may take, in real time; default 30 s.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder timeLimit(Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException("a time limit must be positive: " + value);
      }
      timeLimit = value;
      return this;
    }

    /** Lets tests leave jobs and processes behind; they are ended all the same. */
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
