package io.hpc4j.batch.status;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.AttemptDetail;
import software.amazon.awssdk.services.batch.model.AttemptEcsTaskDetails;
import software.amazon.awssdk.services.batch.model.AttemptTaskContainerDetails;
import software.amazon.awssdk.services.batch.model.EcsTaskDetails;
import software.amazon.awssdk.services.batch.model.EksAttemptContainerDetail;
import software.amazon.awssdk.services.batch.model.EksAttemptDetail;
import software.amazon.awssdk.services.batch.model.EksContainerDetail;
import software.amazon.awssdk.services.batch.model.EksPodPropertiesDetail;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.LogConfiguration;
import software.amazon.awssdk.services.batch.model.TaskContainerDetails;

/**
 * The container that decides how a job ends, in whichever of AWS Batch's shapes it is told of. Of
 * several it is an essential one, and of these the first that failed: the others are stopped when
 * those end. Pure.
 *
 * @param exitCode its exit code, where there is one
 * @param reason AWS's words for its end; may be empty
 * @param logStream where it writes; may be empty
 * @param node where it runs; may be empty
 */
record Container(@Nullable Integer exitCode, String reason, String logStream, String node) {
  private static final Container NONE = new Container(null, "", "", "");

  private static Container of(
      @Nullable Integer exitCode,
      @Nullable String reason,
      @Nullable String logStream,
      @Nullable String node) {
    return new Container(exitCode, text(reason), text(logStream), Arn.name(text(node)));
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The present container of a job. */
  static Container of(JobDetail job) {
    if (job.container() != null) {
      var c = job.container();
      String node = c.containerInstanceArn() == null ? c.taskArn() : c.containerInstanceArn();
      return of(c.exitCode(), c.reason(), c.logStreamName(), node);
    }
    if (job.ecsProperties() != null && job.ecsProperties().hasTaskProperties()) {
      EcsTaskDetails task = job.ecsProperties().taskProperties().get(0);
      String arn = text(task.containerInstanceArn());
      String node = arn.isEmpty() ? text(task.taskArn()) : arn;
      List<TaskContainerDetails> containers = task.containers();
      return containers.stream()
          .min(
              Comparator.comparing(Container::isInessential)
                  .thenComparing(c -> !failed(c.exitCode())))
          .map(c -> of(c.exitCode(), c.reason(), c.logStreamName(), node))
          .orElse(NONE);
    }
    if (job.eksProperties() != null && job.eksProperties().podProperties() != null) {
      EksPodPropertiesDetail pod = job.eksProperties().podProperties();
      return pod.containers().stream()
          .min(Comparator.comparing((EksContainerDetail c) -> !failed(c.exitCode())))
          .map(c -> of(c.exitCode(), c.reason(), null, pod.nodeName()))
          .orElse(NONE);
    }
    return NONE;
  }

  /** The log group that a job names; empty if it names none. */
  static String logGroup(JobDetail job) {
    LogConfiguration logs = job.container() == null ? null : job.container().logConfiguration();
    return logs == null ? "" : text(logs.options().get("awslogs-group"));
  }

  private static boolean isInessential(TaskContainerDetails container) {
    return Boolean.FALSE.equals(container.essential());
  }

  /** The names of the containers whose ends say nothing of the job's. */
  private static Set<String> inessential(JobDetail job) {
    return job.ecsProperties() == null
        ? Set.of()
        : job.ecsProperties().taskProperties().stream()
            .flatMap(task -> task.containers().stream())
            .filter(Container::isInessential)
            .map(c -> text(c.name()))
            .collect(Collectors.toSet());
  }

  /** The container of an attempt of a job on ECS. */
  static Container of(AttemptDetail attempt, JobDetail job) {
    if (attempt.container() != null) {
      var c = attempt.container();
      String node = c.containerInstanceArn() == null ? c.taskArn() : c.containerInstanceArn();
      return of(c.exitCode(), c.reason(), c.logStreamName(), node);
    }
    if (attempt.taskProperties().isEmpty()) {
      return NONE;
    }
    AttemptEcsTaskDetails task = attempt.taskProperties().get(0);
    Set<String> inessential = inessential(job);
    return task.containers().stream()
        .min(
            Comparator.comparing(
                    (AttemptTaskContainerDetails c) -> inessential.contains(text(c.name())))
                .thenComparing(c -> !failed(c.exitCode())))
        .map(c -> of(c.exitCode(), c.reason(), c.logStreamName(), task.containerInstanceArn()))
        .orElse(NONE);
  }

  /** The container of an attempt on EKS. */
  static Container of(EksAttemptDetail attempt) {
    return attempt.containers().stream()
        .min(Comparator.comparing((EksAttemptContainerDetail c) -> !failed(c.exitCode())))
        .map(c -> of(c.exitCode(), c.reason(), null, attempt.nodeName()))
        .orElse(NONE);
  }

  private static boolean failed(@Nullable Integer exitCode) {
    return exitCode != null && exitCode != 0;
  }

  /** Returns this, with what it does not say from another. */
  Container or(Container other) {
    return new Container(
        exitCode == null ? other.exitCode : exitCode,
        reason.isEmpty() ? other.reason : reason,
        logStream.isEmpty() ? other.logStream : logStream,
        node.isEmpty() ? other.node : node);
  }

  List<String> nodes() {
    return node.isEmpty() ? List.of() : List.of(node);
  }

  Optional<String> stream() {
    return logStream.isEmpty() ? Optional.empty() : Optional.of(logStream);
  }
}
