package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.slurm.script.BatchScript;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.slurm.script.SbatchArguments;
import io.hpc4j.slurm.script.SbatchArguments.Call;
import io.hpc4j.model.Variables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Hands jobs to Slurm: renders them and runs sbatch. Thread-safe. */
final class Sender {
  private final Commands commands;
  private final ExitRecords records;
  private final boolean nice;

  Sender(Commands commands, ExitRecords records, boolean nice) {
    this.commands = commands;
    this.records = records;
    this.nice = nice;
  }

  /** Cuts an array into windows of indices that Slurm takes; a job that is none is one piece. */
  static List<NativeJob> windows(SlurmJob job, int maxArraySize) {
    JobRequest request = Objects.requireNonNull(job.request);
    Memory memory = request.effective().resources().memoryPerNode();
    if (!job.isArray()) {
      return List.of(new NativeJob(job.id, request, IndexSet.empty(), 0, 1, memory));
    }
    return windows(job, job.indices, 1, memory, maxArraySize);
  }

  static List<NativeJob> windows(
      SlurmJob job, IndexSet indices, int attempt, Memory memory, int maxArraySize) {
    JobRequest request = Objects.requireNonNull(job.request);
    List<NativeJob> all = new ArrayList<>();
    int[] rest = indices.stream().toArray();
    for (int from = 0; from < rest.length; ) {
      int offset = rest[rest.length - 1] < maxArraySize ? 0 : rest[from];
      int to = from;
      while (to < rest.length && rest[to] - offset < maxArraySize) {
        to++;
      }
      IndexSet window = IndexSet.of(Arrays.copyOfRange(rest, from, to));
      all.add(new NativeJob(job.id, request, window, offset, attempt, memory));
      from = to;
    }
    return all;
  }

  /**
   * Submits one of Slurm's jobs, and notes it.
   *
   * @throws BackendException as {@link Commands#submit} does
   */
  Piece send(
      SlurmJob job, NativeJob part, boolean held, Instant begin, List<String> dependencies) {
    String nativeId =
        commands.submit(
            arguments(job, part, held, begin, dependencies),
            variables(part.request().effective()),
            BatchScript.of(part, records.folder()));
    return note(job, part, nativeId);
  }

  /** Notes a job of Slurm's that carries ours. */
  static Piece note(SlurmJob job, NativeJob part, String nativeId) {
    Piece piece =
        new Piece(
            nativeId,
            part.indices(),
            part.offset(),
            part.attempt(),
            part.memory(),
            System.nanoTime());
    job.add(piece);
    return piece;
  }

  /** The command that would submit it. */
  List<String> arguments(
      SlurmJob job, NativeJob part, boolean held, Instant begin, List<String> dependencies) {
    JobRequest request = part.request();
    OptionalInt put =
        nice
            ? OptionalInt.of(JobRequest.MAX_PRIORITY - request.priority())
            : OptionalInt.empty();
    Call call = new Call(job.queue, job.directory, held, begin, dependencies, put);
    return SbatchArguments.of(part, call, Options.arguments(request));
  }

  /** The script that would be sent, without the values of variables. */
  String shown(NativeJob part) {
    return BatchScript.withoutValues(part, records.folder());
  }

  /** What sbatch passes on: this program's variables only when the job wants them. */
  private static Map<String, String> variables(JobDefinition definition) {
    if (!definition.inheritEnvironment()) {
      return Map.of();
    }
    Map<String, String> all = new TreeMap<>(System.getenv());
    all.keySet().removeIf(name -> Variables.isReserved(name) || LocalRunner.isForeign(name));
    return all;
  }
}
