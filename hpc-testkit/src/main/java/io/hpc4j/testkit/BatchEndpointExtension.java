package io.hpc4j.testkit;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit 5 extension that gives each test an AWS Batch of its own, which is closed after it with
 * all that runs there.
 *
 * <pre>{@code
 * @ExtendWith(BatchEndpointExtension.class)
 * class PipelineTest {
 *   @Test
 *   void submits_one_job(BatchEndpoint endpoint) {
 *     BatchClient batch = BatchClient.builder().endpointOverride(endpoint.url()) ...
 *   }
 * }
 * }</pre>
 *
 * <p>It runs jobs on this machine, from one queue, {@code default}. For another one:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final BatchEndpointExtension BATCH =
 *     BatchEndpointExtension.of(() -> BatchEndpoint.builder().queue(queue).start());
 * }</pre>
 *
 * <p>Test, before-each and after-each methods can ask for it and get the same one. Thread-safe.
 */
public final class BatchEndpointExtension implements ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(BatchEndpointExtension.class);

  private final Supplier<BatchEndpoint> start;

  /** Creates one that starts {@link BatchEndpoint#start()}. */
  public BatchEndpointExtension() {
    this(BatchEndpoint::start);
  }

  private BatchEndpointExtension(Supplier<BatchEndpoint> start) {
    this.start = Objects.requireNonNull(start, "start");
  }

  /**
   * Returns one, for {@code @RegisterExtension}.
   *
   * @param start is asked for a new endpoint for each test that wants one
   */
  public static BatchEndpointExtension of(Supplier<BatchEndpoint> start) {
    return new BatchEndpointExtension(start);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == BatchEndpoint.class
        && parameter.getDeclaringExecutable() instanceof Method
        && context.getTestMethod().isPresent();
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(this, unused -> start.get(), BatchEndpoint.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    BatchEndpoint endpoint = context.getStore(NAMESPACE).remove(this, BatchEndpoint.class);
    if (endpoint != null) {
      endpoint.close();
    }
  }
}
