package io.hpc4j.batch;

import static io.hpc4j.model.Capabilities.Support.ABSENT;
import static io.hpc4j.model.Capabilities.Support.EMULATED;
import static io.hpc4j.model.Capabilities.Support.NATIVE;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import java.time.Duration;

/** What the AWS Batch backend can do, and how. */
final class BatchCapabilities {
  private static final Duration SHORTEST_TIMEOUT = Duration.ofSeconds(60);

  /** AWS Batch keeps as many jobs that it has not looked at yet. */
  private static final int MOST_ELEMENTS = 1_000_000;

  private static final String BY_CLIENT = "by this program, while it asks where its jobs are";
  private static final String BY_SHIM = "by a few lines of shell before the command";

  private BatchCapabilities() {}

  static Capabilities of(boolean logs) {
    Capabilities.Builder b =
        Capabilities.builder()
            .set(NATIVE, Capability.values())
            .maxArraySize(MOST_ELEMENTS)
            .minTimeout(SHORTEST_TIMEOUT)
            .set(ABSENT, Capability.JAVA_TASK, "AWS Batch starts containers, not methods")
            .set(ABSENT, Capability.SIMULATED, "AWS Batch runs what it is given")
            .set(EMULATED, Capability.SCRIPT, "written to a file " + BY_SHIM)
            .set(ABSENT, Capability.NODE_FEATURES, "the queue's environments say which nodes")
            .set(ABSENT, Capability.EXCLUSIVE, "AWS Batch shares instances")
            .set(ABSENT, Capability.LAUNCH_MAIN, "AWS Batch starts the command on each node")
            .set(ABSENT, Capability.LAUNCH_PER_TASK, "AWS Batch starts the command on each node")
            .set(EMULATED, Capability.SPARSE_ARRAY, "the indices are found " + BY_SHIM)
            .set(ABSENT, Capability.THROTTLE, "AWS Batch starts what fits of an array")
            .set(EMULATED, Capability.FAILURE_BUDGET, "the rest is cancelled " + BY_CLIENT)
            .set(EMULATED, Capability.AFTER_END, "kept, and sent " + BY_CLIENT)
            .set(EMULATED, Capability.AFTER_FAILURE, "kept, and sent " + BY_CLIENT)
            .set(EMULATED, Capability.HOLD, "kept, or taken back, and sent " + BY_CLIENT)
            .set(EMULATED, Capability.BEGIN, "kept until then, and sent " + BY_CLIENT)
            .set(EMULATED, Capability.DEADLINE, "terminated then " + BY_CLIENT)
            .set(EMULATED, Capability.UNSCHEDULABLE_LIMIT, "cancelled then " + BY_CLIENT)
            .set(EMULATED, Capability.WORKING_DIRECTORY, "changed to " + BY_SHIM)
            .set(ABSENT, Capability.OUTPUT_PATTERN, "containers write to logs")
            .set(ABSENT, Capability.STDIN, "containers have none")
            .set(ABSENT, Capability.INHERIT_ENVIRONMENT, "containers run elsewhere")
            .set(ABSENT, Capability.NODES, "AWS Batch does not tell its instances")
            .set(ABSENT, Capability.EXIT_SIGNAL, "containers report 128 + n for either")
            .set(ABSENT, Capability.CPU_TIME, "AWS Batch does not tell it");
    return logs ? b.build() : b.set(ABSENT, Capability.LOGS, "no log client was given").build();
  }
}
