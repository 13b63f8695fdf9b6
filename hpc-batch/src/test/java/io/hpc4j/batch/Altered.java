package io.hpc4j.batch;

import io.hpc4j.batch.status.StatusMapper;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.DescribeComputeEnvironmentsResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobQueuesResponse;
import software.amazon.awssdk.services.batch.model.DescribeJobsResponse;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.JobSummary;
import software.amazon.awssdk.services.batch.model.ListJobsResponse;

/** Changes what the endpoint has answered into what AWS Batch says where the endpoint cannot. */
final class Altered {
  private Altered() {}

  /** Changes answers of one class. */
  private record Answers<T>(Class<T> type, UnaryOperator<T> change)
      implements ExecutionInterceptor {
    @Override
    public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes unused) {
      return type.isInstance(context.response())
          ? (SdkResponse) change.apply(type.cast(context.response()))
          : context.response();
    }
  }

  /** Tells of jobs in other words. */
  static ExecutionInterceptor telling(UnaryOperator<JobDetail> told) {
    return new Answers<>(
        DescribeJobsResponse.class,
        all -> all.toBuilder().jobs(all.jobs().stream().map(told).toList()).build());
  }

  /**
   * Counts no element of arrays of a size.
   *
   * @param late for how long
   * @param told whether the arrays are said to be terminated
   */
  static ExecutionInterceptor uncounted(int size, AtomicBoolean late, AtomicBoolean told) {
    return telling(
        job ->
            late.get() && StatusMapper.isArray(job)
                ? job.toBuilder()
                    .status("PENDING")
                    .isTerminated(told.get())
                    .arrayProperties(a -> a.size(size).statusSummary(Map.of()))
                    .build()
                : job);
  }

  /** Tells of jobs in other words, where they are described and where they are listed. */
  static ExecutionInterceptor telling(
      UnaryOperator<JobDetail> told, UnaryOperator<JobSummary> listed) {
    ExecutionInterceptor described = telling(told);
    ExecutionInterceptor summed =
        new Answers<>(
            ListJobsResponse.class,
            all ->
                all.toBuilder()
                    .jobSummaryList(all.jobSummaryList().stream().map(listed).toList())
                    .build());
    return new ExecutionInterceptor() {
      @Override
      public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes all) {
        return context.response() instanceof ListJobsResponse
            ? summed.modifyResponse(context, all)
            : described.modifyResponse(context, all);
      }
    };
  }

  /** Tells of queues in other words. */
  static ExecutionInterceptor queues(UnaryOperator<JobQueueDetail> told) {
    return new Answers<>(
        DescribeJobQueuesResponse.class,
        all -> all.toBuilder().jobQueues(all.jobQueues().stream().map(told).toList()).build());
  }

  /** Tells of compute environments in other words. */
  static ExecutionInterceptor environments(UnaryOperator<ComputeEnvironmentDetail> told) {
    return new Answers<>(
        DescribeComputeEnvironmentsResponse.class,
        all ->
            all.toBuilder()
                .computeEnvironments(all.computeEnvironments().stream().map(told).toList())
                .build());
  }

  /** Answers those requests by an error of no known class, after they have had their effect. */
  static ExecutionInterceptor answering(int status, Predicate<SdkRequest> which) {
    return new ExecutionInterceptor() {
      @Override
      public SdkHttpResponse modifyHttpResponse(
          Context.ModifyHttpResponse context, ExecutionAttributes unused) {
        SdkHttpResponse answer = context.httpResponse();
        return which.test(context.request()) && answer.isSuccessful()
            ? answer.toBuilder().statusCode(status).build()
            : answer;
      }
    };
  }
}
