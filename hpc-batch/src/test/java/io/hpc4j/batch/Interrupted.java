package io.hpc4j.batch;

import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.BatchException;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** Does something before requests are sent, which may be to refuse them. */
final class Interrupted implements ExecutionInterceptor {
  private final Predicate<SdkRequest> which;
  private final Runnable action;

  private Interrupted(Predicate<SdkRequest> which, Runnable action) {
    this.which = which;
    this.action = action;
  }

  static Interrupted before(Predicate<SdkRequest> which, Runnable action) {
    return new Interrupted(which, action);
  }

  /** Refuses those requests as if the caller had no right, before they have any effect. */
  static Interrupted forbidding(Predicate<SdkRequest> which) {
    return before(
        which,
        () -> {
          throw BatchException.builder().statusCode(403).message("the token has expired").build();
        });
  }

  static boolean isArrayOf(SdkRequest request, int size) {
    return request instanceof SubmitJobRequest submission
        && submission.arrayProperties() != null
        && submission.arrayProperties().size() == size;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    if (which.test(context.request())) {
      action.run();
    }
  }
}
