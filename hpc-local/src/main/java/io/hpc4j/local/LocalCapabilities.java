package io.hpc4j.local;

import static io.hpc4j.model.Capabilities.Support.ABSENT;
import static io.hpc4j.model.Capabilities.Support.EMULATED;
import static io.hpc4j.model.Capabilities.Support.NATIVE;
import static io.hpc4j.model.Capabilities.Support.UNUSED;

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

  /**
   * @param exact whether wait statuses are known; of no matter where commands do not run
   */
  static Capabilities of(
      boolean virtual, boolean simulates, boolean exact, Duration watchInterval) {
    Capabilities.Builder b =
        Capabilities.builder()
            .set(NATIVE, Capability.values())
            .maxArraySize(JobRequest.MAX_ARRAY_SIZE);
    b.set(UNUSED, Capability.IMAGE, "commands run on this machine as they are");
    if (virtual && !simulates) {
      String missing = "not under virtual time without a rule: simulate(rule)";
      b.set(ABSENT, Capability.COMMAND, missing).set(ABSENT, Capability.SCRIPT, missing);
    }
    if (virtual || simulates) {
      for (Capability capability : OF_PROCESSES) {
        b.set(UNUSED, capability, "commands are simulated");
      }
    } else {
      ofProcesses(b, exact, watchInterval);
    }
    return b.build();
  }

  private static void ofProcesses(Capabilities.Builder b, boolean exact, Duration watchInterval) {
    if (ProcessTable.isThere()) {
      b.set(
          EMULATED,
          Capability.MEMORY_LIMIT,
          "memory is looked at every " + watchInterval + "; what comes between is not seen");
    } else {
      b.set(ABSENT, Capability.MEMORY_LIMIT, "there is no /proc here");
    }
    if (!exact) {
      b.set(ABSENT, Capability.CPU_TIME, "plain Java does not tell it");
      b.set(
          EMULATED,
          Capability.EXIT_SIGNAL,
          "plain Java reports 128 + n both for a signal and for such an exit code");
    }
  }
}
