package io.hpc4j.slurm;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Interpreter;

/** Endings in words. Pure. */
final class Words {
  private static final int NO_PROGRAM = 127;

  private Words() {}

  static String of(SlurmJob job, Sight sight) {
    if (sight.reason().filter(Reason.LAUNCH_FAILURE::equals).isPresent()) {
      return "Slurm could not start it in " + job.directory + ": " + sight.nativeState();
    }
    return sight.exit().map(exit -> exit + ", " + sight.nativeState()).orElse(sight.nativeState());
  }

  /** Why the work could not be started, which the script tells by its status. */
  static String launch(SlurmJob job, int status) {
    JobRequest request = job.request;
    if (request == null) {
      return "the work could not be started";
    }
    JobDefinition definition = request.effective();
    return status == NO_PROGRAM
        ? "cannot run " + program(definition) + " in " + job.directory + ": it is no program there"
        : "cannot open input or output in "
            + job.directory
            + ": "
            + definition.stdin().orElse("no input")
            + ", "
            + definition.stdout().orElse("standard output file")
            + definition.stderr().map(e -> ", " + e).orElse("");
  }

  private static String program(JobDefinition definition) {
    Work work = definition.work().orElseThrow();
    return work instanceof Work.Script script
        ? Interpreter.of(script.text()).get(0)
        : ((Work.Command) work).arguments().get(0);
  }
}
