package io.hpc4j.slurm;

import static io.hpc4j.model.Capabilities.Support.ABSENT;
import static io.hpc4j.model.Capabilities.Support.EMULATED;
import static io.hpc4j.model.Capabilities.Support.NATIVE;
import static io.hpc4j.model.Capabilities.Support.UNUSED;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobRequest;

/** What the Slurm backend can do, and how. */
final class SlurmCapabilities {
  private static final String BY_CLIENT = "by this program, while it asks where its jobs are";

  private SlurmCapabilities() {}

  static Capabilities of(boolean nice) {
    Capabilities.Builder b =
        Capabilities.builder()
            .set(NATIVE, Capability.values())
            .maxArraySize(JobRequest.MAX_ARRAY_SIZE)
            .set(ABSENT, Capability.JAVA_TASK, "Slurm starts programs, not methods")
            .set(ABSENT, Capability.SIMULATED, "Slurm runs what it is given")
            .set(UNUSED, Capability.IMAGE, "commands run on the nodes as they are")
            .set(EMULATED, Capability.AFTER_FAILURE, "held, and released " + BY_CLIENT)
            .set(EMULATED, Capability.RETRY, "further attempts are submitted " + BY_CLIENT)
            .set(
                EMULATED,
                Capability.SEQUENTIAL,
                "one element at a time; each looks whether one before it has failed")
            .set(
                EMULATED,
                Capability.FAILURE_BUDGET,
                "elements look how many have failed; the rest is cancelled " + BY_CLIENT)
            .set(EMULATED, Capability.DEADLINE, "cancelled " + BY_CLIENT)
            .set(EMULATED, Capability.UNSCHEDULABLE_LIMIT, "cancelled " + BY_CLIENT)
            .set(
                EMULATED,
                Capability.EXIT_SIGNAL,
                "the job's shell reports 128 + n both for a signal and for such an exit code")
            .set(EMULATED, Capability.CPU_TIME, "from Slurm's accounting, where it is kept")
            .set(EMULATED, Capability.MEMORY_LIMIT, "as the cluster is set up to");
    return nice
        ? b.set(EMULATED, Capability.PRIORITY, "by nice values").build()
        : b.set(UNUSED, Capability.PRIORITY, "users may only put jobs back: see nice()").build();
  }
}
