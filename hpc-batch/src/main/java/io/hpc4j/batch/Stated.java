package io.hpc4j.batch;

import io.hpc4j.model.Memory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/** What {@link BatchOptions} say; changed only before anybody sees it. */
final class Stated {
  boolean fargate;
  boolean publicIp;
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
  List<BatchOptions.Ulimit> ulimits = List.of();
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
    publicIp = from.publicIp;
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
    ulimits = from.ulimits;
    devices = from.devices;
    mounts = from.mounts;
    secrets = from.secrets;
    logOptions = from.logOptions;
    tags = from.tags;
    definitionChange = from.definitionChange;
    submissionChange = from.submissionChange;
  }

  /** Whether it is for Fargate. */
  boolean isFargate() {
    return fargate;
  }

  /** Whether it has a public address. */
  boolean hasPublicIp() {
    return publicIp;
  }

  /** Whether there are no lines of shell before the command. */
  boolean isWithoutShim() {
    return noShim;
  }

  /** The definition that exists. */
  Optional<String> existing() {
    return Optional.ofNullable(existing);
  }

  /** The role of the container. */
  Optional<String> jobRole() {
    return Optional.ofNullable(jobRole);
  }

  /** The role that AWS takes to start the container. */
  Optional<String> executionRole() {
    return Optional.ofNullable(executionRole);
  }

  /** The user in the container. */
  Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Whether it has all rights on the instance. */
  boolean isPrivileged() {
    return privileged;
  }

  /** Whether the root file system cannot be written to. */
  boolean isReadOnlyRoot() {
    return readOnlyRoot;
  }

  /** Whether there is a process that reaps orphans. */
  boolean hasInitProcess() {
    return initProcess;
  }

  /** How much of {@code /dev/shm} there is. */
  Optional<Memory> sharedMemory() {
    return Optional.ofNullable(sharedMemory);
  }

  /** How much swap space there is. */
  Optional<Memory> swap() {
    return Optional.ofNullable(swap);
  }

  /** How readily swap space is used. */
  OptionalInt swappiness() {
    return swappiness == null ? OptionalInt.empty() : OptionalInt.of(swappiness);
  }

  /** The file systems in memory. */
  List<BatchOptions.Tmpfs> tmpfs() {
    return tmpfs;
  }

  /** The limits of processes. */
  List<BatchOptions.Ulimit> ulimits() {
    return ulimits;
  }

  /** The devices. */
  List<String> devices() {
    return devices;
  }

  /** The directories that the container sees. */
  List<BatchOptions.Mount> mounts() {
    return mounts;
  }

  /** The variables whose values AWS takes from elsewhere. */
  Map<String, String> secrets() {
    return secrets;
  }

  /** The log driver. */
  Optional<String> logDriver() {
    return Optional.ofNullable(logDriver);
  }

  /** The log driver's options. */
  Map<String, String> logOptions() {
    return logOptions;
  }

  /** The processor architecture. */
  Optional<String> architecture() {
    return Optional.ofNullable(architecture);
  }

  /** The disk space in GiB. */
  OptionalInt ephemeralStorageGiB() {
    return ephemeralStorageGiB == null ? OptionalInt.empty() : OptionalInt.of(ephemeralStorageGiB);
  }

  /** The instance type. */
  Optional<String> instanceType() {
    return Optional.ofNullable(instanceType);
  }

  /** The tags. */
  Map<String, String> tags() {
    return tags;
  }

  /** Whether the tasks get the tags too. */
  boolean isPropagatingTags() {
    return propagateTags;
  }

  /** The change of the definition. */
  Optional<Consumer<RegisterJobDefinitionRequest.Builder>> definitionChange() {
    return Optional.ofNullable(definitionChange);
  }

  /** The change of each submission. */
  Optional<Consumer<SubmitJobRequest.Builder>> submissionChange() {
    return Optional.ofNullable(submissionChange);
  }

  /** Everything, to be compared. */
  List<@Nullable Object> fields() {
    return Arrays.asList(
        fargate,
        publicIp,
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
        ulimits,
        devices,
        mounts,
        secrets,
        logOptions,
        tags,
        definitionChange,
        submissionChange);
  }
}
