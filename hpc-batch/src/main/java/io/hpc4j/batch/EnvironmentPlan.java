package io.hpc4j.batch;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.ComputeEnvironmentDetail;
import software.amazon.awssdk.services.batch.model.ComputeResourceUpdate;
import software.amazon.awssdk.services.batch.model.CreateComputeEnvironmentRequest;
import software.amazon.awssdk.services.batch.model.UpdateComputeEnvironmentRequest;

/** Works out what has to be done to one compute environment. Changes nothing itself. */
final class EnvironmentPlan {
  private final Account account;
  private final ComputeEnvironment declared;
  private final @Nullable BatchEnvironment stated;
  private final @Nullable ComputeEnvironmentDetail is;
  private final List<Problem> problems;
  private final List<Change> changes = new ArrayList<>();

  /**
   * Works it out.
   *
   * @param declared what the queue says of it
   * @param stated what the backend was told of it
   * @param is how it is
   * @param problems takes what is wrong
   */
  EnvironmentPlan(
      Account account,
      ComputeEnvironment declared,
      @Nullable BatchEnvironment stated,
      @Nullable ComputeEnvironmentDetail is,
      List<Problem> problems) {
    this.account = account;
    this.declared = declared;
    this.stated = stated;
    this.is = is;
    this.problems = problems;
  }

  private String what() {
    return "compute environment " + declared.name();
  }

  /** In AWS's words; empty if nothing is known of it. */
  String type() {
    if (stated != null) {
      return stated.type();
    }
    return is == null ? "" : type(is);
  }

  private static String type(ComputeEnvironmentDetail is) {
    return is.computeResources() == null ? "UNMANAGED" : is.computeResources().typeAsString();
  }

  /** What has to be done, for a queue. */
  List<Change> changes(String queue) {
    EnvironmentRules.declared(declared, EnvironmentRules.isFargate(type()), problems);
    if (stated == null && is == null) {
      problems.add(
          Problem.of(
              "environments",
              declared.name(),
              "is not on AWS Batch, and the backend was built without a BatchEnvironment of it"));
    }
    if (stated != null) {
      EnvironmentRules.stated(stated, declared, problems);
      if (is == null) {
        create(stated, queue);
      } else {
        update(stated, is);
      }
    }
    return changes;
  }

  /**
   * Refuses one that cannot be used, and will not be able to be.
   *
   * @throws BackendException with AWS's reason
   */
  void refuseUnusable() {
    if (is != null) {
      Account.State state = Account.State.of(is);
      if (state.isLeaving() || (state.isInvalid() && changes.isEmpty())) {
        throw state.refused(what());
      }
    }
  }

  private void create(BatchEnvironment wanted, String queue) {
    Map<String, String> tags = new TreeMap<>(wanted.tags());
    tags.put(Account.TAG, queue);
    CreateComputeEnvironmentRequest.Builder request =
        CreateComputeEnvironmentRequest.builder()
            .computeEnvironmentName(wanted.name())
            .type(wanted.isManaged() ? "MANAGED" : "UNMANAGED")
            .serviceRole(wanted.serviceRole().orElse(null))
            .tags(tags);
    Integer most = wanted.resources(declared).maxvCpus();
    if (wanted.isManaged()) {
      request.computeResources(wanted.resources(declared));
    } else {
      request.unmanagedvCpus(most);
    }
    changes.add(
        new Change(
            "create " + what() + " (" + wanted.type() + ", at most " + most + " vCPUs)",
            () ->
                account.create(
                    "CreateComputeEnvironment",
                    () -> account.client().createComputeEnvironment(request.build()),
                    () ->
                        account
                            .environment(wanted.name())
                            .filter(e -> Account.isMadeFor(queue, e.tags()))
                            .isPresent())));
  }

  private void update(BatchEnvironment wanted, ComputeEnvironmentDetail present) {
    if (!family(wanted.type()).equals(family(type(present)))) {
      problems.add(
          Problem.of(
              "environments." + declared.name() + ".type",
              wanted.type(),
              "is " + type(present) + ", which AWS Batch does not change: take another name"));
      return;
    }
    UpdateComputeEnvironmentRequest.Builder request =
        UpdateComputeEnvironmentRequest.builder().computeEnvironment(wanted.name());
    List<Object> words = new ArrayList<>();
    if (!"ENABLED".equals(present.stateAsString())) {
      request.state("ENABLED");
      words.add("state " + present.stateAsString() + " -> ENABLED");
    }
    wanted
        .serviceRole()
        .filter(role -> !role.equals(present.serviceRole()))
        .ifPresent(
            role -> {
              request.serviceRole(role);
              words.add("serviceRole " + present.serviceRole() + " -> " + role);
            });
    if (wanted.isManaged()) {
      resources(wanted, present, request, words);
    } else {
      Integer most = wanted.resources(declared).maxvCpus();
      if (!most.equals(present.unmanagedvCpus())) {
        request.unmanagedvCpus(most);
        words.add("unmanagedvCpus " + present.unmanagedvCpus() + " -> " + most);
      }
    }
    if (!words.isEmpty()) {
      changes.add(new Change("update " + what() + ": " + text(words), () -> send(request.build())));
    }
    tag(wanted, present);
  }

  private static String family(String type) {
    if (type.equals("UNMANAGED")) {
      return type;
    }
    return EnvironmentRules.isFargate(type) ? "FARGATE" : "EC2";
  }

  private void resources(
      BatchEnvironment wanted,
      ComputeEnvironmentDetail present,
      UpdateComputeEnvironmentRequest.Builder request,
      List<Object> words) {
    List<Differences.Difference> all =
        Differences.of(wanted.resources(declared), present.computeResources());
    if (all.isEmpty()) {
      return;
    }
    ComputeResourceUpdate.Builder update = ComputeResourceUpdate.builder();
    for (Differences.Difference fixed : Differences.put(all, update)) {
      problems.add(
          Problem.of(
              "environments." + declared.name() + "." + fixed.member(),
              fixed.wanted(),
              "AWS Batch does not change it from " + fixed.is() + ": take another name"));
    }
    request.computeResources(update.build());
    words.addAll(all);
  }

  private void send(UpdateComputeEnvironmentRequest request) {
    String name = request.computeEnvironment();
    account.awaitSteady(what(), () -> account.stateOfEnvironment(name));
    account.order(
        "UpdateComputeEnvironment", () -> account.client().updateComputeEnvironment(request));
  }

  private void tag(BatchEnvironment wanted, ComputeEnvironmentDetail present) {
    Map<String, String> missing = new TreeMap<>(wanted.tags());
    missing.entrySet().removeAll(present.tags().entrySet());
    if (!missing.isEmpty()) {
      changes.add(
          new Change(
              "tag " + what() + ": " + missing,
              () ->
                  account.order(
                      "TagResource",
                      () ->
                          account
                              .client()
                              .tagResource(
                                  r ->
                                      r.resourceArn(present.computeEnvironmentArn())
                                          .tags(missing)))));
    }
  }

  static String text(List<?> words) {
    return String.join(", ", words.stream().map(String::valueOf).toList());
  }
}
