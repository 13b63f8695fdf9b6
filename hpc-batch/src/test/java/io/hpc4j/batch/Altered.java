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
import software.amazon.awssdk.services.batch.model.JobSummary;
import software.amazon.awssdk.services.batch.model.ListJobsResponse;

/** Changes what the endpoint has answered into what AWS Batch says where the endpoint cannot. */
final class Altered implements ExecutionInterceptor {
  private final Function<SdkRequest, Integer> status;
  private final UnaryOperator<JobDetail> told;
  private final UnaryOperator<JobSummary> listed;

  private Altered(
      Function<SdkRequest, Integer> status,
      UnaryOperator<JobDetail> told,
      UnaryOperator<JobSummary> listed) {
    this.status = status;
    this.told = told;
    this.listed = listed;
  }

  /** Tells of jobs in other words. */
  static Altered telling(UnaryOperator<JobDetail> told) {
    return telling(told, job -> job);
  }

  /** Tells of jobs in other words, where they are described and where they are listed. */
  static Altered telling(UnaryOperator<JobDetail> told, UnaryOperator<JobSummary> listed) {
    return new Altered(request -> 200, told, listed);
  }

  /** Answers those requests by an error of no known class, after they have had their effect. */
  static Altered answering(int status, Predicate<SdkRequest> which) {
    return new Altered(request -> which.test(request) ? status : 200, job -> job, job -> job);
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
    SdkResponse response = context.response();
    if (response instanceof DescribeJobsResponse answer) {
      return answer.toBuilder().jobs(answer.jobs().stream().map(told).toList()).build();
    }
    if (response instanceof ListJobsResponse answer) {
      return answer.toBuilder()
          .jobSummaryList(answer.jobSummaryList().stream().map(listed).toList())
          .build();
    }
    return response;
  }
}
