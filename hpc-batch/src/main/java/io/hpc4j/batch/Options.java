package io.hpc4j.batch;

import io.hpc4j.batch.request.Form;
import io.hpc4j.batch.request.Sizes;
import io.hpc4j.model.JobRequest;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.batch.model.AssignPublicIp;
import software.amazon.awssdk.services.batch.model.ContainerProperties;
import software.amazon.awssdk.services.batch.model.DeviceCgroupPermission;
import software.amazon.awssdk.services.batch.model.LinuxParameters;
import software.amazon.awssdk.services.batch.model.MountPoint;
import software.amazon.awssdk.services.batch.model.Secret;
import software.amazon.awssdk.services.batch.model.Ulimit;
import software.amazon.awssdk.services.batch.model.Volume;

/** Says the options of a request in AWS's words. Pure. */
final class Options {
  private Options() {}

  /** The options of a request; those that say nothing if it has none. */
  static Stated of(JobRequest request) {
    return request.options().get(BatchOptions.BACKEND) instanceof BatchOptions options
        ? options.stated()
        : BatchOptions.create().stated();
  }

  static Stated of(BatchJob job) {
    return job.request == null ? BatchOptions.create().stated() : of(job.request);
  }

  /**
   * What a request's options add to it.
   *
   * @param image the backend's own image
   * @param fargate whether its queue is for Fargate
   */
  static Form form(JobRequest request, String image, boolean fargate) {
    Stated o = of(request);
    return new Form(
        image,
        !o.isWithoutShim(),
        fargate || o.isFargate(),
        container -> apply(o, container),
        o.tags(),
        o.isPropagatingTags(),
        o.definitionChange().orElse(definition -> {}),
        o.submissionChange().orElse(submission -> {}));
  }

  private static void apply(Stated o, ContainerProperties.Builder b) {
    o.jobRole().ifPresent(b::jobRoleArn);
    o.executionRole().ifPresent(b::executionRoleArn);
    o.user().ifPresent(b::user);
    o.instanceType().ifPresent(b::instanceType);
    if (o.isPrivileged()) {
      b.privileged(true);
    }
    if (o.hasPublicIp()) {
      b.networkConfiguration(n -> n.assignPublicIp(AssignPublicIp.ENABLED));
    }
    if (o.isReadOnlyRoot()) {
      b.readonlyRootFilesystem(true);
    }
    o.architecture().ifPresent(value -> b.runtimePlatform(p -> p.cpuArchitecture(value)));
    o.ephemeralStorageGiB().ifPresent(gib -> b.ephemeralStorage(e -> e.sizeInGiB(gib)));
    o.logDriver()
        .ifPresent(driver -> b.logConfiguration(l -> l.logDriver(driver).options(o.logOptions())));
    if (!o.secrets().isEmpty()) {
      b.secrets(
          o.secrets().entrySet().stream()
              .map(e -> Secret.builder().name(e.getKey()).valueFrom(e.getValue()).build())
              .toList());
    }
    if (!o.ulimits().isEmpty()) {
      b.ulimits(
          o.ulimits().stream()
              .map(
                  u ->
                      Ulimit.builder()
                          .name(u.name())
                          .softLimit(u.soft())
                          .hardLimit(u.hard())
                          .build())
              .toList());
    }
    linux(o, b);
    mounts(o.mounts(), b);
  }

  private static void linux(Stated o, ContainerProperties.Builder b) {
    LinuxParameters.Builder linux = LinuxParameters.builder();
    if (o.hasInitProcess()) {
      linux.initProcessEnabled(true);
    }
    o.sharedMemory().ifPresent(size -> linux.sharedMemorySize((int) Sizes.mib(size)));
    o.swap().ifPresent(size -> linux.maxSwap(size.bytes() == 0 ? 0 : (int) Sizes.mib(size)));
    o.swappiness().ifPresent(linux::swappiness);
    if (!o.tmpfs().isEmpty()) {
      linux.tmpfs(
          o.tmpfs().stream()
              .map(
                  t ->
                      software.amazon.awssdk.services.batch.model.Tmpfs.builder()
                          .containerPath(t.path())
                          .size((int) Sizes.mib(t.size()))
                          .mountOptions(t.mountOptions())
                          .build())
              .toList());
    }
    if (!o.devices().isEmpty()) {
      linux.devices(
          o.devices().stream()
              .map(
                  path ->
                      software.amazon.awssdk.services.batch.model.Device.builder()
                          .hostPath(path)
                          .containerPath(path)
                          .permissions(DeviceCgroupPermission.READ, DeviceCgroupPermission.WRITE)
                          .build())
              .toList());
    }
    LinuxParameters built = linux.build();
    if (!built.equals(LinuxParameters.builder().build())) {
      b.linuxParameters(built);
    }
  }

  private static void mounts(List<BatchOptions.Mount> mounts, ContainerProperties.Builder b) {
    List<Volume> volumes = new ArrayList<>();
    List<MountPoint> points = new ArrayList<>();
    for (BatchOptions.Mount mount : mounts) {
      String name = "volume-" + volumes.size();
      Volume.Builder volume = Volume.builder().name(name);
      if (mount.fileSystem().isEmpty()) {
        volume.host(h -> h.sourcePath(mount.host()));
      } else {
        volume.efsVolumeConfiguration(
            e -> {
              e.fileSystemId(mount.fileSystem());
              if (!mount.root().isEmpty()) {
                e.rootDirectory(mount.root());
              }
            });
      }
      volumes.add(volume.build());
      points.add(
          MountPoint.builder()
              .containerPath(mount.path())
              .sourceVolume(name)
              .readOnly(mount.readOnly())
              .build());
    }
    if (!volumes.isEmpty()) {
      b.volumes(volumes).mountPoints(points);
    }
  }
}
