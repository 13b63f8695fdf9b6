package io.hpc4j.batch;

import io.hpc4j.model.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** What {@link BatchOptions} say; changed only before anybody sees it. */
final class Stated {
  boolean fargate;
  boolean noShim;
  boolean privileged;
  boolean readOnlyRoot;
  boolean initProcess;
  boolean propagateTags;
  @Nullable String existing;
  @Nullable String jobRole;
  @Nullable String executionRole;
  @Nullable String user;
  @Nullable String logDriver;
  @Nullable String architecture;
  @Nullable String instanceType;
  @Nullable Memory sharedMemory;
  @Nullable Memory swap;
  @Nullable Integer swappiness;
  @Nullable Integer ephemeralStorageGiB;
  List<BatchOptions.Tmpfs> tmpfs = List.of();
  List<String> devices = List.of();
  List<BatchOptions.Mount> mounts = List.of();
  Map<String, String> secrets = Map.of();
  Map<String, String> logOptions = Map.of();
  Map<String, String> tags = Map.of();
  @Nullable Consumer<RegisterJobDefinitionRequest.Builder> definitionChange;
  @Nullable Consumer<SubmitJobRequest.Builder> submissionChange;

  Stated() {}

  Stated(Stated from) {
    fargate = from.fargate;
    noShim = from.noShim;
    privileged = from.privileged;
    readOnlyRoot = from.readOnlyRoot;
    initProcess = from.initProcess;
    propagateTags = from.propagateTags;
    existing = from.existing;
    jobRole = from.jobRole;
    executionRole = from.executionRole;
    user = from.user;
    logDriver = from.logDriver;
    architecture = from.architecture;
    instanceType = from.instanceType;
    sharedMemory = from.sharedMemory;
    swap = from.swap;
    swappiness = from.swappiness;
    ephemeralStorageGiB = from.ephemeralStorageGiB;
    tmpfs = from.tmpfs;
    devices = from.devices;
    mounts = from.mounts;
    secrets = from.secrets;
    logOptions = from.logOptions;
    tags = from.tags;
    definitionChange = from.definitionChange;
    submissionChange = from.submissionChange;
  }

  List<@Nullable Object> fields() {
    return Arrays.asList(
        fargate,
        noShim,
        privileged,
        readOnlyRoot,
        initProcess,
        propagateTags,
        existing,
        jobRole,
        executionRole,
        user,
        logDriver,
        architecture,
        instanceType,
        sharedMemory,
        swap,
        swappiness,
        ephemeralStorageGiB,
        tmpfs,
        devices,
        mounts,
        secrets,
        logOptions,
        tags,
        definitionChange,
        submissionChange);
  }
}
