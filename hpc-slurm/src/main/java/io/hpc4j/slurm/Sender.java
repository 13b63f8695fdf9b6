package io.hpc4j.slurm;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.slurm.query.SlurmError;
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

  /**
   * Submits a window, or as much of it as Slurm takes: when the user has as many jobs as they may,
   * half of it, and half of that. What is left is to be sent later.
   *
   * @return whether Slurm has taken any
   * @throws BackendException as {@link Commands#submit} does, but for that limit
   */
  boolean sendSome(
      SlurmJob job, NativeJob window, boolean held, Instant begin, List<String> dependencies) {
    NativeJob some = window;
    while (true) {
      try {
        Piece unused = send(job, some, held, begin, dependencies);
        return true;
      } catch (Commands.Refused e) {
        if (e.kind() != SlurmError.Kind.BUSY || !job.isArray()) {
          throw e;
        }
        int size = some.indices().size();
        NativeJob rest = size == 1 ? some : part(some, size / 2, size);
        job.unsent.addFirst(rest);
        job.add(Piece.unsent(rest));
        if (size == 1) {
          return false;
        }
        some = part(some, 0, size / 2);
      }
    }
  }

  /** Keeps a window to be sent later. */
  static void later(SlurmJob job, NativeJob part) {
    job.unsent.addLast(part);
    job.add(Piece.unsent(part));
  }

  private static NativeJob part(NativeJob whole, int from, int to) {
    int[] some = whole.indices().stream().skip(from).limit(to - from).toArray();
    return new NativeJob(
        whole.id(),
        whole.request(),
        IndexSet.of(some),
        whole.offset(),
        whole.attempt(),
        whole.memory());
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
    String partition = Options.of(request).partition().orElse(job.queue);
    Call call = new Call(partition, job.directory, held, begin, dependencies);
    return SbatchArguments.of(part, call, Options.arguments(request, nice));
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
