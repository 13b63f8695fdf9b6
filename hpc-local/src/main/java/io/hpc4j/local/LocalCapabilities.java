package io.hpc4j.local;

import static io.hpc4j.model.Capabilities.Support.ABSENT;
import static io.hpc4j.model.Capabilities.Support.EMULATED;
import static io.hpc4j.model.Capabilities.Support.NATIVE;
import static io.hpc4j.model.Capabilities.Support.UNUSED;

import io.hpc4j.model.Capabilities;
import io.hpc4j.model.Capability;
import io.hpc4j.model.JobRequest;

/** What the local backend can do, depending on whether it runs or simulates commands. */
final class LocalCapabilities {
  private static final Capability[] OF_PROCESSES = {
    Capability.WORKING_DIRECTORY,
    Capability.OUTPUT_PATTERN,
    Capability.STDIN,
    Capability.INHERIT_ENVIRONMENT,
    Capability.LOGS
  };

  private LocalCapabilities() {}

  static Capabilities of(boolean virtual, boolean simulates, boolean exact) {
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
    } else if (!exact) {
      b.set(
          EMULATED,
          Capability.EXIT_SIGNAL,
          "plain Java reports 128 + n both for a signal and for such an exit code");
    }
    return b.build();
  }
}
