package io.hpc4j.batch;

import java.util.function.Predicate;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.BatchException;

/** Does something before a request is sent, or refuses it. */
record Beforehand(Predicate<SdkRequest> which, Runnable what) implements ExecutionInterceptor {
  /** Refuses requests as AWS does from a caller whose credentials have expired. */
  static Beforehand forbidding(Predicate<SdkRequest> which) {
    return new Beforehand(
        which,
        () -> {
          throw BatchException.builder().statusCode(403).message("the token is expired").build();
        });
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    if (which.test(context.request())) {
      what.run();
    }
  }
}
