package io.hpc4j.batch;

import io.hpc4j.batch.status.Arn;
import io.hpc4j.model.BackendException;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Problem;
import io.hpc4j.model.SchedulingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.CreateJobQueueRequest;
import software.amazon.awssdk.services.batch.model.FairsharePolicy;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.JobStateTimeLimitAction;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;
import software.amazon.awssdk.services.batch.model.UpdateJobQueueRequest;

/** Works out what has to be done to a queue and its policy. Changes nothing itself. */
final class QueuePlan {
  private static final int MOST_ENVIRONMENTS = 3;
  private static final String SUFFIX = "-" + Account.TAG;
  private static final int LONGEST_WITH_POLICY = 128 - SUFFIX.length();
  private static final Duration SHORTEST_LIMIT = Duration.ofMinutes(10);
  private static final Duration LONGEST_LIMIT = Duration.ofDays(1);

  private final Account account;
  private final JobQueue queue;
  private final @Nullable JobQueueDetail is;
  private final Map<String, Duration> timeLimits;
  private final List<Problem> problems;
  private final List<Change> changes = new ArrayList<>();
  private @Nullable String policyArn; // known once the policy is there

  /**
   * Works it out.
   *
   * @param queue what is wanted
   * @param is how it is
   * @param timeLimits how long jobs may block it, by AWS's reason; empty: as it is
   * @param problems takes what is wrong
   */
  QueuePlan(
      Account account,
      JobQueue queue,
      @Nullable JobQueueDetail is,
      Map<String, Duration> timeLimits,
      List<Problem> problems) {
    this.account = account;
    this.queue = queue;
    this.is = is;
    this.timeLimits = timeLimits;
    this.problems = problems;
  }

  static String policyName(String queue) {
    return queue + SUFFIX;
  }

  private String what() {
    return "job queue " + queue.name();
  }

  /** What is wrong with it whatever there is. */
  static void check(JobQueue queue, Map<String, Duration> timeLimits, List<Problem> problems) {
    EnvironmentRules.name("name", queue.name(), problems);
    SchedulingPolicy policy = queue.policy();
    if (policy.isFairShare() && queue.name().length() > LONGEST_WITH_POLICY) {
      problems.add(
          Problem.of("name", queue.name(), "with shares at most " + LONGEST_WITH_POLICY + " long"));
    }
    if (queue.environments().size() > MOST_ENVIRONMENTS) {
      problems.add(
          Problem.of("environments", queue.environments(), "at most " + MOST_ENVIRONMENTS));
    }
    if (policy.backfills()) {
      problems.add(Problem.of("policy", policy, "AWS Batch does not backfill"));
    }
    if (!isWhole(policy.decay())) {
      problems.add(Problem.of("policy.decay", policy.decay(), "must be whole seconds"));
    }
    queue
        .defaultTimeout()
        .ifPresent(
            t -> problems.add(Problem.of("defaultTimeout", t, "queues of AWS Batch have none")));
    timeLimits.forEach(
        (reason, limit) -> {
          if (!isWhole(limit)
              || limit.compareTo(SHORTEST_LIMIT) < 0
              || limit.compareTo(LONGEST_LIMIT) > 0) {
            problems.add(
                Problem.of(
                    "jobStateTimeLimit", reason + "=" + limit, "must be 600..86400 whole seconds"));
          }
        });
  }

  private static boolean isWhole(Duration duration) {
    return duration.equals(Duration.ofSeconds(duration.toSeconds()));
  }

  /** What has to be done. */
  List<Change> changes() {
    String attached = is == null ? null : is.schedulingPolicyArn();
    if (is != null && queue.policy().isFairShare() && attached == null) {
      problems.add(
          Problem.of(
              "policy",
              queue.policy(),
              "is first in, first out, and AWS Batch gives no policy to such a queue"));
    } else if (!queue.policy().isFairShare() && attached != null) {
      problems.add(
          Problem.of(
              "policy", queue.policy(), "has shares, and AWS Batch takes no policy from a queue"));
    } else if (queue.policy().isFairShare()) {
      policy(attached);
    }
    if (is == null) {
      create();
    } else {
      update(is);
    }
    return changes;
  }

  /**
   * Refuses one that is about to go.
   *
   * @throws BackendException with AWS's reason
   */
  void refuseUnusable() {
    if (is != null && Account.State.of(is).isLeaving()) {
      throw Account.State.of(is).refused(what());
    }
  }

  /** One that others have made is left alone: the queue gets its own instead. */
  private void policy(@Nullable String attached) {
    FairsharePolicy wanted = FairShares.of(queue.policy());
    Optional<SchedulingPolicyDetail> found =
        attached == null ? Optional.empty() : account.policy(attached);
    boolean isSame = found.filter(p -> FairShares.isSame(wanted, p.fairsharePolicy())).isPresent();
    if (isSame) {
      policyArn = attached;
      return;
    }
    String name = policyName(queue.name());
    Optional<SchedulingPolicyDetail> own =
        found.filter(this::isOwn).or(() -> account.policyNamed(name));
    if (own.isEmpty()) {
      changes.add(
          new Change(
              "create scheduling policy " + name + ": " + queue.policy(),
              () ->
                  account.create(
                      "CreateSchedulingPolicy",
                      () -> create(name, wanted),
                      () -> hasCreated(name))));
      return;
    }
    policyArn = own.get().arn();
    if (!isOwn(own.get())) {
      problems.add(Problem.of("policy", name, "is a scheduling policy that others have made"));
    } else if (!FairShares.isSame(wanted, own.get().fairsharePolicy())) {
      changes.add(
          new Change(
              "update scheduling policy " + own.get().name() + ": " + queue.policy(),
              () ->
                  account.order(
                      "UpdateSchedulingPolicy",
                      () ->
                          account
                              .client()
                              .updateSchedulingPolicy(
                                  r -> r.arn(own.get().arn()).fairsharePolicy(wanted)))));
    }
  }

  private boolean isOwn(SchedulingPolicyDetail policy) {
    return Account.isMadeFor(queue.name(), policy.tags());
  }

  private boolean hasCreated(String name) {
    Optional<SchedulingPolicyDetail> own = account.policyNamed(name).filter(this::isOwn);
    own.ifPresent(policy -> policyArn = policy.arn());
    return own.isPresent();
  }

  private String create(String name, FairsharePolicy wanted) {
    String arn =
        account
            .client()
            .createSchedulingPolicy(
                r -> r.name(name).fairsharePolicy(wanted).tags(Map.of(Account.TAG, queue.name())))
            .arn();
    policyArn = arn;
    return arn;
  }

  private List<String> order() {
    return queue.environments().stream().map(e -> e.name()).toList();
  }

  private String state() {
    return queue.enabled() ? "ENABLED" : "DISABLED";
  }

  private List<JobStateTimeLimitAction> limits() {
    return new TreeMap<>(timeLimits)
        .entrySet().stream()
            .map(
                e ->
                    JobStateTimeLimitAction.builder()
                        .reason(e.getKey())
                        .state("RUNNABLE")
                        .maxTimeSeconds((int) e.getValue().toSeconds())
                        .action("CANCEL")
                        .build())
            .toList();
  }

  private void create() {
    changes.add(
        new Change(
            "create " + what() + " on " + order() + " with priority " + queue.priority(),
            () -> {
              CreateJobQueueRequest.Builder request =
                  CreateJobQueueRequest.builder()
                      .jobQueueName(queue.name())
                      .state(state())
                      .priority(queue.priority())
                      .schedulingPolicyArn(policyArn)
                      .computeEnvironmentOrder(Account.order(order()))
                      .tags(Map.of(Account.TAG, queue.name()));
              if (!timeLimits.isEmpty()) {
                request.jobStateTimeLimitActions(limits());
              }
              account.create(
                  "CreateJobQueue",
                  () -> account.client().createJobQueue(request.build()),
                  () ->
                      account
                          .queue(queue.name())
                          .filter(q -> Account.isMadeFor(queue.name(), q.tags()))
                          .isPresent());
            }));
  }

  private void update(JobQueueDetail present) {
    UpdateJobQueueRequest.Builder request = UpdateJobQueueRequest.builder().jobQueue(queue.name());
    List<Object> words = new ArrayList<>();
    UpdateJobQueueRequest.Builder wanted =
        UpdateJobQueueRequest.builder().state(state()).priority(queue.priority());
    if (!timeLimits.isEmpty()) {
      wanted.jobStateTimeLimitActions(limits());
    }
    List<Differences.Difference> differing = Differences.of(wanted.build(), present);
    if (!Differences.put(differing, request).isEmpty()) {
      throw new AssertionError("all of these can be changed: " + differing);
    }
    words.addAll(differing);
    if (!Account.environments(present).equals(order())) {
      request.computeEnvironmentOrder(Account.order(order()));
      words.add("environments " + Account.environments(present) + " -> " + order());
    }
    String attached = present.schedulingPolicyArn();
    boolean swaps = queue.policy().isFairShare() && attached != null && !attached.equals(policyArn);
    if (swaps) {
      words.add("scheduling policy " + Arn.name(attached) + " -> " + policyName(queue.name()));
    }
    if (!words.isEmpty()) {
      changes.add(
          new Change(
              "update " + what() + ": " + EnvironmentPlan.text(words),
              () -> {
                account.awaitSteady(what(), () -> account.stateOfQueue(queue.name()));
                account.order(
                    "UpdateJobQueue",
                    () ->
                        account
                            .client()
                            .updateJobQueue(
                                (swaps ? request.schedulingPolicyArn(policyArn) : request)
                                    .build()));
              }));
    }
  }
}
