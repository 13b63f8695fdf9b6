package io.hpc4j.batch;

import java.net.ConnectException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.batch.model.BatchException;

/** Lets requests fail that never get to the endpoint, and the SDK does not repeat. */
final class Failing implements ExecutionInterceptor {
  private final Predicate<SdkRequest> which;
  private final Supplier<SdkException> how;

  private Failing(Predicate<SdkRequest> which, Supplier<SdkException> how) {
    this.which = which;
    this.how = how;
  }

  /** Nobody can be reached. */
  static Failing unconnected(Predicate<SdkRequest> which) {
    return new Failing(
        which, () -> SdkClientException.create("not now", new ConnectException("not now")));
  }

  /** AWS Batch answers so, which is an error of no class of its own. */
  static Failing answered(int status, String code, String words, Predicate<SdkRequest> which) {
    AwsErrorDetails details = AwsErrorDetails.builder().errorCode(code).errorMessage(words).build();
    return new Failing(
        which, () -> BatchException.builder().statusCode(status).awsErrorDetails(details).build());
  }

  /** The caller has no right to do that. */
  static Failing forbidden(Predicate<SdkRequest> which) {
    return answered(
        403, "AccessDeniedException", "User: u is not authorized to perform: batch", which);
  }

  /** The first requests of a kind; further ones are let through. */
  static Predicate<SdkRequest> first(AtomicInteger count, Predicate<SdkRequest> which) {
    return request -> which.test(request) && count.getAndDecrement() > 0;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes unused) {
    if (which.test(context.request())) {
      throw how.get();
    }
  }
}
