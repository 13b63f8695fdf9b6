package io.hpc4j.local;

import static io.hpc4j.model.Capabilities.Support.ABSENT;
import static io.hpc4j.model.Capabilities.Support.EMULATED;
import static io.hpc4j.model.Capabilities.Support.NATIVE;
import static io.hpc4j.model.Capabilities.Support.UNUSED;

import io.hpc4j.local.process.Launcher;
import io.hpc4j.local.process.ProcessTable;
import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobRequest;
import java.time.Duration;

/** What the local backend can do, depending on whether it runs or simulates commands. */
final class LocalCapabilities {
  private static final Capability[] OF_PROCESSES = {
    Capability.WORKING_DIRECTORY,
    Capability.OUTPUT_PATTERN,
    Capability.STDIN,
    Capability.INHERIT_ENVIRONMENT,
    Capability.LOGS,
    Capability.CPU_TIME,
    Capability.MEMORY_LIMIT
  };

  private LocalCapabilities() {}

  /** Of a backend on which commands do not run. */
  static Capabilities simulated(boolean virtual, boolean hasRule) {
    Capabilities.Builder b = everything();
    if (virtual && !hasRule) {
      String missing = "not under virtual time without a rule: simulate(rule)";
      b.set(ABSENT, Capability.COMMAND, missing).set(ABSENT, Capability.SCRIPT, missing);
    }
    for (Capability capability : OF_PROCESSES) {
      b.set(UNUSED, capability, "commands are simulated");
    }
    return b.build();
  }

  /** Of a backend that starts commands in this way. */
  static Capabilities of(Launcher launcher, Duration watchInterval) {
    Capabilities.Builder b = everything();
    if (launcher.holdsMemory()) {
      b.set(NATIVE, Capability.MEMORY_LIMIT, "by a cgroup for each attempt and node");
    } else if (ProcessTable.isThere()) {
      b.set(
          EMULATED,
          Capability.MEMORY_LIMIT,
          "memory is looked at every " + watchInterval + "; what comes between is not seen");
    } else {
      b.set(ABSENT, Capability.MEMORY_LIMIT, "there is no /proc here");
    }
    if (!launcher.isExact()) {
      b.set(ABSENT, Capability.CPU_TIME, "plain Java does not tell it");
      b.set(
          EMULATED,
          Capability.EXIT_SIGNAL,
          "plain Java reports 128 + n both for a signal and for such an exit code");
    }
    return b.build();
  }

  private static Capabilities.Builder everything() {
    return Capabilities.builder()
        .set(NATIVE, Capability.values())
        .maxArraySize(JobRequest.MAX_ARRAY_SIZE)
        .set(UNUSED, Capability.IMAGE, "commands run on this machine as they are");
  }
}
