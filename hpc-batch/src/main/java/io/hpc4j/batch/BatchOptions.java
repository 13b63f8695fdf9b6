package io.hpc4j.batch;

import io.hpc4j.model.BackendOptions;
import io.hpc4j.model.Memory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /**
   * A limit of the processes in the container.
   *
   * @param name what is limited: {@code memlock}, {@code nofile}
   * @param soft the limit that holds; -1 for none
   * @param hard how far a process may raise it; -1 for as far as it likes
   */
  public record Ulimit(String name, int soft, int hard) {
    /** Checks for {@code null}. */
    public Ulimit {
      Objects.requireNonNull(name, "name");
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
   * Returns these with a public address, which a task of Fargate needs in a public subnet to get
   * its image.
   */
  public BatchOptions publicIp() {
    return with(s -> s.publicIp = true);
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

  /** Returns these with a limit of processes; MPI over EFA wants {@code memlock} without one. */
  public BatchOptions ulimit(String name, int soft, int hard) {
    Ulimit one = new Ulimit(name, soft, hard);
    return with(s -> s.ulimits = plus(s.ulimits, one));
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

  /** What has been said. */
  Stated stated() {
    return stated;
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
