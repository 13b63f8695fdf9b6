package io.hpc4j.slurm;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpc4j.model.BackendException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import io.hpc4j.model.Variables;
import io.hpc4j.slurm.query.SlurmError;
import io.hpc4j.slurm.script.BatchScript;
import io.hpc4j.slurm.script.NativeJob;
import io.hpc4j.slurm.script.SbatchArguments;
import io.hpc4j.slurm.script.SbatchArguments.Call;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands jobs to Slurm: renders them and runs sbatch. Thread-safe. */
final class Sender {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  private final Commands commands;
  private final ExitRecords records;
  private final Search search;
  private final InstantSource time;
  private final boolean nice;

  Sender(Commands commands, ExitRecords records, Search search, InstantSource time, boolean nice) {
    this.search = search;
    this.time = time;
    this.commands = commands;
    this.records = records;
    this.nice = nice;
  }

  /** Cuts a job into what Slurm takes: an array into windows of indices below its limit. */
  static List<NativeJob> windows(SlurmJob job, int maxArraySize) {
    JobRequest request = Objects.requireNonNull(job.request);
    Memory memory = request.effective().resources().memoryPerNode();
    Instant begin = request.begin().orElse(Instant.MIN);
    return windows(job, job.indices, 1, memory, begin, maxArraySize);
  }

  /** Cuts an attempt of some elements, or of a job that is no array, into what Slurm takes. */
  static List<NativeJob> windows(
      SlurmJob job, IndexSet indices, int attempt, Memory memory, Instant begin, int maxArraySize) {
    JobRequest request = Objects.requireNonNull(job.request);
    if (!job.isArray()) {
      return List.of(new NativeJob(job.id, request, IndexSet.empty(), 0, attempt, memory, begin));
    }
    List<NativeJob> all = new ArrayList<>();
    int[] rest = indices.stream().toArray();
    for (int from = 0; from < rest.length; ) {
      int offset = rest[rest.length - 1] < maxArraySize ? 0 : rest[from];
      int to = from + 1; // one at least, whatever Slurm says it takes
      while (to < rest.length && rest[to] - offset < maxArraySize) {
        to++;
      }
      IndexSet window = IndexSet.of(Arrays.copyOfRange(rest, from, to));
      addShort(all, new NativeJob(job.id, request, window, offset, attempt, memory, begin));
      from = to;
    }
    return all;
  }

  /** Adds a window, or the halves of one whose indices would be too long to write. */
  private static void addShort(List<NativeJob> all, NativeJob window) {
    if (SbatchArguments.array(window).length() < Arguments.LONGEST) {
      all.add(window);
    } else {
      int size = window.indices().size();
      addShort(all, window.part(0, size / 2));
      addShort(all, window.part(size / 2, size));
    }
  }

  /**
   * Sends the next part of a job. When the user has as many jobs as they may, that is half of it,
   * and half of that.
   *
   * @return whether Slurm has taken something; if not, though it has some of the job, the rest may
   *     be tried later
   * @throws BackendException if Slurm refused it, or has nothing of the job and cannot take it now;
   *     it stays to be sent
   */
  boolean sendNext(SlurmJob job, Instant now) {
    NativeJob part = job.unsent.removeFirst();
    while (true) {
      try {
        String nativeId = submit(job, part);
        job.add(Piece.of(part, nativeId, time.instant()));
        job.refusal = "";
        return true;
      } catch (Commands.Refused e) {
        int size = part.indices().size();
        if (e.kind() != SlurmError.Kind.BUSY || size <= 1) {
          job.unsent.addFirst(part);
          boolean later = e.kind() == SlurmError.Kind.BUSY || e.kind() == SlurmError.Kind.TRANSIENT;
          return orLater(job, e, later);
        }
        job.unsent.addFirst(part.part(size / 2, size));
        part = part.part(0, size / 2);
      } catch (BackendException e) {
        if (!e.outcomeUnknown() || job.pieces.isEmpty()) {
          job.unsent.addFirst(part);
          return orLater(job, e, true);
        }
        job.uncertain = part;
        job.uncertainSince = now;
        job.refusal = String.valueOf(e.getMessage());
        return false;
      }
    }
  }

  /** Leaves the rest of a job for later, if that may help and Slurm has some of it. */
  private static boolean orLater(SlurmJob job, BackendException e, boolean mayHelp) {
    if (!mayHelp || job.pieces.isEmpty()) {
      throw e;
    }
    LOG.debug("the rest of job {} is sent later", job.id, e);
    job.refusal = String.valueOf(e.getMessage());
    return false;
  }

  private String submit(SlurmJob job, NativeJob part) {
    return commands.submit(
        arguments(job, part), variables(part.request().effective()), script(job, part));
  }

  private String script(SlurmJob job, NativeJob part) {
    return BatchScript.of(part, job.directory, records.folder());
  }

  /** How many bytes the script of a part has. */
  int size(SlurmJob job, NativeJob part) {
    return script(job, part).getBytes(UTF_8).length;
  }

  /** What Slurm has, or has had, of a part that was not sent before an instant. */
  List<Piece> find(NativeJob part, Instant since) {
    return search.of(part, List.of(), since);
  }

  /**
   * Finds out whether Slurm has what it may have.
   *
   * @return whether it is known now
   */
  boolean resolve(SlurmJob job, Instant now, Duration settling) {
    NativeJob part = job.uncertain;
    if (part == null) {
      return true;
    }
    List<Piece> found = search.of(part, job.pieces, job.submittedAt);
    Optional<NativeJob> rest = Search.rest(part, found);
    if (rest.isPresent() && now.isBefore(job.uncertainSince.plus(settling))) {
      return false; // what was found is found again
    }
    job.uncertain = null;
    found.forEach(job::add);
    rest.ifPresent(
        some -> {
          if (search.canTell(mayBeSentSince(job, some), now)) {
            job.unsent.addFirst(some);
          } else {
            job.lose(some);
          }
        });
    job.know(part);
    return true;
  }

  /**
   * The earliest time at which a part whose reply was lost, or noted by nobody, may have been sent.
   */
  private static Instant mayBeSentSince(SlurmJob job, NativeJob part) {
    if (!job.mayBeSent(part)) {
      return job.uncertainSince;
    }
    return job.tasks(part)
        .flatMap(task -> task.lastEnd().stream())
        .min(Comparator.naturalOrder())
        .orElse(job.submittedAt);
  }

  /** Whether what is not found of a part was never sent. */
  boolean canTell(Instant since, Instant now) {
    return search.canTell(since, now);
  }

  /**
   * Finds out whether an earlier program has sent the next part of a job that was taken up from it.
   *
   * @return whether it is known now; the part is still to be sent if it was not
   */
  boolean lookBack(SlurmJob job, Instant now, Duration settling) {
    job.uncertain = job.unsent.removeFirst();
    job.uncertainSince = Objects.requireNonNull(job.adoptedAt);
    return resolve(job, now, settling);
  }

  /** The command that would submit a part. */
  List<String> arguments(SlurmJob job, NativeJob part) {
    JobRequest request = part.request();
    boolean waits = part.attempt() == 1 && (job.awaitsOthers || job.gathers);
    List<String> dependencies = new ArrayList<>();
    if (part.attempt() == 1) {
      dependencies.addAll(job.dependencies);
    }
    boolean oneByOne = request.throttle().isPresent() || request.sequential();
    if (oneByOne && !job.pieces.isEmpty()) { // each with the whole throttle
      dependencies.add("afterany:" + job.pieces.get(job.pieces.size() - 1).nativeId());
    }
    String partition = Options.of(request).partition().orElse(job.queue);
    Call call = new Call(partition, job.directory, job.held || waits, dependencies);
    return SbatchArguments.of(part, call, Options.arguments(request, nice));
  }

  /** The script that would be sent, without the values of variables. */
  String shown(SlurmJob job, NativeJob part) {
    return BatchScript.withoutValues(part, job.directory, records.folder());
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
