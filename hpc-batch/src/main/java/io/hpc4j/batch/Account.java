package io.hpc4j.batch;

import io.hpc4j.batch.status.Arn;
import io.hpc4j.model.BackendException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.BatchClient;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentOrder;
import software.amazon.awssdk.services.batch.model.JobQueueDetail;
import software.amazon.awssdk.services.batch.model.ListSchedulingPoliciesResponse;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyDetail;
import software.amazon.awssdk.services.batch.model.SchedulingPolicyListingDetail;

/**
 * The queues, environments and policies as they are at this moment, for whoever changes them.
 * Remembers nothing. Thread-safe.
 */
final class Account {
  /** What is made here has this tag, whose value is the queue that it was made for. */
  static final String TAG = "hpc4j";

  private static final String GONE = "DELETED";
  private static final int PAGE = 100;

  private final Calls calls;
  private final Patience patience;

  Account(Calls calls, Patience patience) {
    this.calls = calls;
    this.patience = patience;
  }

  BatchClient client() {
    return calls.client();
  }

  /** Makes a call that changes something. */
  void order(String operation, Supplier<?> call) {
    Object unused = calls.ask(operation, call);
  }

  /**
   * Makes a call that creates something. The SDK may repeat it when a reply is lost: then it is
   * refused, because the first has had its effect.
   *
   * @param isThere whether what is there was created by such a call
   */
  void create(String operation, Supplier<?> call, BooleanSupplier isThere) {
    try {
      order(operation, call);
    } catch (Calls.Refused e) {
      if (!String.valueOf(e.getMessage()).contains("already exists") || !isThere.getAsBoolean()) {
        throw e;
      }
    }
  }

  /**
   * To be called before anything is changed that is waited for.
   *
   * @throws IllegalStateException where nobody can wait
   */
  void begin() {
    patience.refuseInAction();
  }

  static boolean isOurs(Map<String, String> tags) {
    return tags.containsKey(TAG);
  }

  static boolean isMadeFor(String queue, Map<String, String> tags) {
    return queue.equals(tags.get(TAG));
  }

  static boolean isOurs(SchedulingPolicyDetail policy) {
    return isOurs(policy.tags());
  }

  /** The names of a queue's environments in their order. */
  static List<String> environments(JobQueueDetail queue) {
    return Site.inOrder(queue).stream().map(Arn::name).toList();
  }

  static List<ComputeEnvironmentOrder> order(List<String> names) {
    return names.stream()
        .map(
            name ->
                ComputeEnvironmentOrder.builder()
                    .order(names.indexOf(name) + 1)
                    .computeEnvironment(name)
                    .build())
        .toList();
  }

  List<JobQueueDetail> queues() {
    return calls.queues().stream().filter(queue -> !GONE.equals(queue.statusAsString())).toList();
  }

  Optional<JobQueueDetail> queue(String name) {
    return calls
        .ask("DescribeJobQueues", () -> client().describeJobQueues(r -> r.jobQueues(name)))
        .jobQueues()
        .stream()
        .filter(queue -> !GONE.equals(queue.statusAsString()))
        .findFirst();
  }

  /** All environments. */
  List<ComputeEnvironmentDetail> environments() {
    return calls.environments().stream()
        .filter(environment -> !GONE.equals(environment.statusAsString()))
        .toList();
  }

  /** Those environments that there are, by name. */
  Map<String, ComputeEnvironmentDetail> environments(Collection<String> names) {
    Map<String, ComputeEnvironmentDetail> found = new LinkedHashMap<>();
    if (!names.isEmpty()) { // none would mean all
      calls
          .ask(
              "DescribeComputeEnvironments",
              () -> client().describeComputeEnvironments(r -> r.computeEnvironments(names)))
          .computeEnvironments()
          .stream()
          .filter(environment -> !GONE.equals(environment.statusAsString()))
          .forEach(environment -> found.put(environment.computeEnvironmentName(), environment));
    }
    return found;
  }

  Optional<ComputeEnvironmentDetail> environment(String name) {
    return Optional.ofNullable(environments(List.of(name)).get(name));
  }

  Optional<SchedulingPolicyDetail> policy(String arn) {
    return calls
        .ask(
            "DescribeSchedulingPolicies",
            () -> client().describeSchedulingPolicies(r -> r.arns(arn)))
        .schedulingPolicies()
        .stream()
        .findFirst();
  }

  Optional<SchedulingPolicyDetail> policyNamed(String name) {
    return calls
        .pages(
            "ListSchedulingPolicies",
            token -> client().listSchedulingPolicies(r -> r.maxResults(PAGE).nextToken(token)),
            ListSchedulingPoliciesResponse::nextToken,
            ListSchedulingPoliciesResponse::schedulingPolicies)
        .stream()
        .map(SchedulingPolicyListingDetail::arn)
        .filter(arn -> Arn.name(arn).equals(name))
        .findFirst()
        .flatMap(this::policy);
  }

  // ---- waiting

  void awaitValid(String what, Supplier<Optional<State>> state) {
    patience.until(
        "waiting for " + what + " to be VALID", () -> isValid(what, state.get().orElse(null)));
  }

  private static boolean isValid(String what, @Nullable State state) {
    if (state != null && (state.isInvalid() || state.isLeaving())) {
      throw state.refused(what);
    }
    return state != null && state.status().equals("VALID");
  }

  /** Waits until nothing is done to it any more; it may not be all right then. */
  void awaitSteady(String what, Supplier<Optional<State>> state) {
    patience.until(
        "waiting for AWS to be done with " + what,
        () -> state.get().map(State::isSteady).orElse(true));
  }

  void awaitGone(String what, Supplier<Optional<State>> state) {
    patience.until("waiting for " + what + " to be deleted", () -> state.get().isEmpty());
  }

  Optional<State> stateOfQueue(String name) {
    return queue(name).map(State::of);
  }

  Optional<State> stateOfEnvironment(String name) {
    return environment(name).map(State::of);
  }

  /**
   * How something is.
   *
   * @param status in AWS's words
   * @param why the reason of the status, as AWS gives it
   */
  record State(String status, String why) {
    static State of(JobQueueDetail queue) {
      return new State(
          String.valueOf(queue.statusAsString()), String.valueOf(queue.statusReason()));
    }

    static State of(ComputeEnvironmentDetail environment) {
      return new State(
          String.valueOf(environment.statusAsString()), String.valueOf(environment.statusReason()));
    }

    boolean isSteady() {
      return status.equals("VALID") || isInvalid();
    }

    boolean isInvalid() {
      return status.equals("INVALID");
    }

    boolean isLeaving() {
      return status.equals("DELETING");
    }

    BackendException refused(String what) {
      return new BackendException(what + " is " + status + ": " + why, null);
    }
  }
}
