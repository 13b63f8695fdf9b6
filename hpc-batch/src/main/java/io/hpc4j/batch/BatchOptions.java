package io.hpc4j.batch;

import io.hpc4j.model.BackendOptions;
import io.hpc4j.model.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * Settings of a job that only AWS Batch understands. Immutable; each method returns changed ones.
 *
 * <pre>{@code
 * hpc.submit(wrf, r -> r.options(BatchOptions.create().sharedMemory(Memory.ofGiB(8))));
 * }</pre>
 *
 * <p>What is wrong with them is told when the job is submitted or planned, with everything else
 * that is wrong. What is not said here is left to AWS.
 */
public final class BatchOptions implements BackendOptions {
  static final String BACKEND = "batch";

  private static final BatchOptions NONE = new BatchOptions(new Stated());
  private final Stated stated;

  /**
   * A file system in memory.
   *
   * @param path where it is in the container
   * @param size how large it may become
   * @param mountOptions options of {@code mount}
   */
  public record Tmpfs(String path, Memory size, List<String> mountOptions) {
    /** Copies the list. */
    public Tmpfs {
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(size, "size");
      mountOptions = List.copyOf(mountOptions);
    }
  }

  /**
   * A directory that the container sees.
   *
   * @param path where it is in the container
   * @param host the directory of the instance; empty for a file system of EFS
   * @param fileSystem the id of a file system of EFS; empty for a directory of the instance
   * @param root the directory within the file system; empty: its root
   * @param readOnly whether it cannot be written to
   */
  public record Mount(String path, String host, String fileSystem, String root, boolean readOnly) {
    /** Checks for {@code null}. */
    public Mount {
      Objects.requireNonNull(path, "path");
      Objects.requireNonNull(host, "host");
      Objects.requireNonNull(fileSystem, "fileSystem");
      Objects.requireNonNull(root, "root");
    }
  }

  private BatchOptions(Stated stated) {
    this.stated = stated;
  }

  /** Returns options that say nothing. */
  public static BatchOptions create() {
    return NONE;
  }

  private BatchOptions with(Consumer<Stated> change) {
    Stated copy = new Stated(stated);
    change.accept(copy);
    return new BatchOptions(copy);
  }

  /** Returns these for Fargate, whose sizes cpus and memory are rounded up to. */
  public BatchOptions fargate() {
    return with(s -> s.fargate = true);
  }

  /**
   * Returns these without the few lines of shell before the command, for an image that has no
   * {@code /bin/sh}. Variables that are known at run time only are not set then, and sparse arrays,
   * scripts and a working directory are refused.
   */
  public BatchOptions noShim() {
    return with(s -> s.noShim = true);
  }

  /**
   * Returns these with a definition that exists, by its ARN; everything that a submission cannot
   * change is as it says.
   */
  public BatchOptions useExisting(String arn) {
    Objects.requireNonNull(arn, "arn");
    return with(s -> s.existing = arn);
  }

  /** Returns these with the role of the container, by its ARN. */
  public BatchOptions jobRole(String arn) {
    Objects.requireNonNull(arn, "arn");
    return with(s -> s.jobRole = arn);
  }

  /** Returns these with the role that AWS takes to start the container, by its ARN. */
  public BatchOptions executionRole(String arn) {
    Objects.requireNonNull(arn, "arn");
    return with(s -> s.executionRole = arn);
  }

  /** Returns these with the user in the container: {@code uid} or {@code uid:gid}. */
  public BatchOptions user(String value) {
    Objects.requireNonNull(value, "user");
    return with(s -> s.user = value);
  }

  /** Returns these with all rights on the instance. */
  public BatchOptions privileged() {
    return with(s -> s.privileged = true);
  }

  /** Returns these with a root file system that cannot be written to. */
  public BatchOptions readOnlyRoot() {
    return with(s -> s.readOnlyRoot = true);
  }

  /** Returns these with a process that reaps orphans in the container. */
  public BatchOptions initProcess() {
    return with(s -> s.initProcess = true);
  }

  /** Returns these with this much of {@code /dev/shm}. */
  public BatchOptions sharedMemory(Memory size) {
    Objects.requireNonNull(size, "size");
    return with(s -> s.sharedMemory = size);
  }

  /** Returns these with swap space besides the memory, and how readily it is used, 0..100. */
  public BatchOptions swap(Memory most, int swappiness) {
    Objects.requireNonNull(most, "most");
    return with(
        s -> {
          s.swap = most;
          s.swappiness = swappiness;
        });
  }

  /** Returns these with a file system in memory. */
  public BatchOptions tmpfs(String path, Memory size, String... mountOptions) {
    Tmpfs one = new Tmpfs(path, size, List.of(mountOptions));
    return with(s -> s.tmpfs = plus(s.tmpfs, one));
  }

  /** Returns these with a device of the instance, for EFA {@code /dev/infiniband/uverbs0}. */
  public BatchOptions device(String path) {
    Objects.requireNonNull(path, "path");
    return with(s -> s.devices = plus(s.devices, path));
  }

  /** Returns these with a directory of the instance at a place in the container. */
  public BatchOptions hostVolume(String host, String path) {
    return mount(new Mount(path, host, "", "", false));
  }

  /** Returns these with a file system of EFS at a place in the container. */
  public BatchOptions efsVolume(String fileSystemId, String path) {
    return mount(new Mount(path, "", fileSystemId, "", false));
  }

  /** Returns these with a directory at a place in the container. */
  public BatchOptions mount(Mount mount) {
    Objects.requireNonNull(mount, "mount");
    return with(s -> s.mounts = plus(s.mounts, mount));
  }

  /** Returns these with a variable whose value AWS takes from a secret or parameter, by its ARN. */
  public BatchOptions secret(String variable, String arn) {
    return with(s -> s.secrets = plus(s.secrets, variable, arn));
  }

  /** Returns these with a log driver and its options; default: {@code awslogs} as AWS sets it. */
  public BatchOptions logDriver(String driver, Map<String, String> options) {
    Objects.requireNonNull(driver, "driver");
    Map<String, String> copy = Collections.unmodifiableMap(new TreeMap<>(options));
    return with(
        s -> {
          s.logDriver = driver;
          s.logOptions = copy;
        });
  }

  /** Returns these with a processor architecture: {@code X86_64}, {@code ARM64}. */
  public BatchOptions architecture(String value) {
    Objects.requireNonNull(value, "architecture");
    return with(s -> s.architecture = value);
  }

  /** Returns these with this much disk space, in GiB; on Fargate 21..200. */
  public BatchOptions ephemeralStorageGiB(int size) {
    return with(s -> s.ephemeralStorageGiB = size);
  }

  /** Returns these with an instance type, for jobs of several nodes. */
  public BatchOptions instanceType(String value) {
    Objects.requireNonNull(value, "instanceType");
    return with(s -> s.instanceType = value);
  }

  /** Returns these with a tag of the job. */
  public BatchOptions tag(String key, String value) {
    return with(s -> s.tags = plus(s.tags, key, value));
  }

  /** Returns these with the tags passed on to the tasks of ECS. */
  public BatchOptions propagateTags() {
    return with(s -> s.propagateTags = true);
  }

  /**
   * Returns these with a change of the definition, made after all others. It has to do the same
   * each time, and cannot be kept in the JSON form of a request.
   */
  public BatchOptions changeDefinition(Consumer<RegisterJobDefinitionRequest.Builder> change) {
    Objects.requireNonNull(change, "change");
    return with(s -> s.definitionChange = change);
  }

  /**
   * Returns these with a change of each submission, made after all others. It has to do the same
   * each time, and cannot be kept in the JSON form of a request. The name and the queue stay as
   * they are: a job is found again by them.
   */
  public BatchOptions changeSubmission(Consumer<SubmitJobRequest.Builder> change) {
    Objects.requireNonNull(change, "change");
    return with(s -> s.submissionChange = change);
  }

  private static <T> List<T> plus(List<T> list, T one) {
    List<T> more = new ArrayList<>(list);
    more.add(one);
    return List.copyOf(more);
  }

  private static Map<String, String> plus(Map<String, String> map, String key, String value) {
    Map<String, String> more = new TreeMap<>(map);
    more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    return Collections.unmodifiableMap(more);
  }

  /** Always {@code batch}. */
  @Override
  public String backend() {
    return BACKEND;
  }

  /** Whether it is for Fargate. */
  public boolean isFargate() {
    return stated.fargate;
  }

  /** Whether there are no lines of shell before the command. */
  public boolean isWithoutShim() {
    return stated.noShim;
  }

  /** The definition that exists. */
  public Optional<String> existing() {
    return Optional.ofNullable(stated.existing);
  }

  /** The role of the container. */
  public Optional<String> jobRole() {
    return Optional.ofNullable(stated.jobRole);
  }

  /** The role that AWS takes to start the container. */
  public Optional<String> executionRole() {
    return Optional.ofNullable(stated.executionRole);
  }

  /** The user in the container. */
  public Optional<String> user() {
    return Optional.ofNullable(stated.user);
  }

  /** Whether it has all rights on the instance. */
  public boolean isPrivileged() {
    return stated.privileged;
  }

  /** Whether the root file system cannot be written to. */
  public boolean isReadOnlyRoot() {
    return stated.readOnlyRoot;
  }

  /** Whether there is a process that reaps orphans. */
  public boolean hasInitProcess() {
    return stated.initProcess;
  }

  /** How much of {@code /dev/shm} there is. */
  public Optional<Memory> sharedMemory() {
    return Optional.ofNullable(stated.sharedMemory);
  }

  /** How much swap space there is. */
  public Optional<Memory> swap() {
    return Optional.ofNullable(stated.swap);
  }

  /** How readily swap space is used. */
  public OptionalInt swappiness() {
    return stated.swappiness == null ? OptionalInt.empty() : OptionalInt.of(stated.swappiness);
  }

  /** The file systems in memory. */
  public List<Tmpfs> tmpfs() {
    return stated.tmpfs;
  }

  /** The devices. */
  public List<String> devices() {
    return stated.devices;
  }

  /** The directories that the container sees. */
  public List<Mount> mounts() {
    return stated.mounts;
  }

  /** The variables whose values AWS takes from elsewhere. */
  public Map<String, String> secrets() {
    return stated.secrets;
  }

  /** The log driver. */
  public Optional<String> logDriver() {
    return Optional.ofNullable(stated.logDriver);
  }

  /** The log driver's options. */
  public Map<String, String> logOptions() {
    return stated.logOptions;
  }

  /** The processor architecture. */
  public Optional<String> architecture() {
    return Optional.ofNullable(stated.architecture);
  }

  /** The disk space in GiB. */
  public OptionalInt ephemeralStorageGiB() {
    return stated.ephemeralStorageGiB == null
        ? OptionalInt.empty()
        : OptionalInt.of(stated.ephemeralStorageGiB);
  }

  /** The instance type. */
  public Optional<String> instanceType() {
    return Optional.ofNullable(stated.instanceType);
  }

  /** The tags. */
  public Map<String, String> tags() {
    return stated.tags;
  }

  /** Whether the tasks get the tags too. */
  public boolean isPropagatingTags() {
    return stated.propagateTags;
  }

  /** The change of the definition. */
  public Optional<Consumer<RegisterJobDefinitionRequest.Builder>> definitionChange() {
    return Optional.ofNullable(stated.definitionChange);
  }

  /** The change of each submission. */
  public Optional<Consumer<SubmitJobRequest.Builder>> submissionChange() {
    return Optional.ofNullable(stated.submissionChange);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof BatchOptions other && stated.fields().equals(other.stated.fields());
  }

  @Override
  public int hashCode() {
    return stated.fields().hashCode();
  }

  @Override
  public String toString() {
    return BACKEND + " options";
  }
}
