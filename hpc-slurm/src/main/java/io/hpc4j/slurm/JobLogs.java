package io.hpc4j.slurm;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Launch;
import io.hpc4j.model.Logs;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.spi.LogFile;
import io.hpc4j.spi.OutputPattern;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where a job's output is: the same names that its script makes. Pure. */
final class JobLogs {
  private JobLogs() {}

  /** The logs of a job or an element; none of a job that another program has submitted. */
  static Logs of(SlurmJob job, JobId id) {
    JobRequest request = job.request;
    if (request == null || (job.isArray() && id.index().isEmpty())) {
      return Logs.NONE;
    }
    Task task = job.task(id);
    List<Logs.Entry> entries = new ArrayList<>();
    for (Attempt attempt : task.attempts()) {
      int tasks = NativeJob.tasks(request);
      for (int rank = 0; rank < tasks; rank++) {
        entries.add(entry(job, request, id, attempt, rank, Logs.Stream.STDOUT));
        Logs.Entry errors = entry(job, request, id, attempt, rank, Logs.Stream.STDERR);
        if (request.effective().stderr().isPresent()
            && !errors.location().equals(entries.get(entries.size() - 1).location())) {
          entries.add(errors);
        }
      }
    }
    return new Logs(entries);
  }

  private static Logs.Entry entry(
      SlurmJob job,
      JobRequest request,
      JobId id,
      Attempt attempt,
      int rank,
      Logs.Stream stream) {
    boolean perTask = request.effective().launch().orElse(Launch.MAIN) == Launch.PER_TASK;
    int node = perTask ? rank / request.effective().resources().tasksPerNode() : rank;
    String name =
        new OutputPattern(job.id, request, stream, NativeJob.tasks(request))
            .write(
                OutputPattern.Text::value,
                late ->
                    switch (late) {
                      case INDEX -> String.valueOf(id.index().orElse(0));
                      case ATTEMPT -> String.valueOf(attempt.number());
                      case AGAIN -> attempt.number() > 1 ? ".attempt" + attempt.number() : "";
                      case TASK -> String.valueOf(rank);
                      case NODE ->
                          node < attempt.nodes().size() ? attempt.nodes().get(node) : "";
                    });
    Path path = Path.of(job.directory).resolve(name);
    return new Logs.Entry(
        attempt.number(), node, rank, stream, path.toString(), new LogFile(path));
  }
}
