package io.hpc4j.batch;

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobsResponse;
import software.amazon.awssdk.services.batch.model.JobDetail;

/** Changes what the endpoint has answered into what AWS Batch says where the endpoint cannot. */
final class Altered implements ExecutionInterceptor {
  private final Function<SdkRequest, Integer> status;
  private final UnaryOperator<JobDetail> told;

  private Altered(Function<SdkRequest, Integer> status, UnaryOperator<JobDetail> told) {
    this.status = status;
    this.told = told;
  }

  /** Tells of jobs in other words. */
  static Altered telling(UnaryOperator<JobDetail> told) {
    return new Altered(request -> 200, told);
  }

  /** Answers those requests by an error of no known class, after they have had their effect. */
  static Altered answering(int status, Predicate<SdkRequest> which) {
    return new Altered(request -> which.test(request) ? status : 200, job -> job);
  }

  @Override
  public SdkHttpResponse modifyHttpResponse(
      Context.ModifyHttpResponse context, ExecutionAttributes unused) {
    int code = status.apply(context.request());
    SdkHttpResponse answer = context.httpResponse();
    return code == 200 || !answer.isSuccessful()
        ? answer
        : answer.toBuilder().statusCode(code).build();
  }

  @Override
  public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes unused) {
    return context.response() instanceof DescribeJobsResponse answer
        ? answer.toBuilder().jobs(answer.jobs().stream().map(told).toList()).build()
        : context.response();
  }
}
