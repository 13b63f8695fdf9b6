package io.hpc4j.slurm;

import io.hpc4j.model.IndexSet;
import io.hpc4j.slurm.query.AccountingRow;
import io.hpc4j.slurm.query.QueueRow;
import io.hpc4j.slurm.query.TaskSet;
import io.hpc4j.slurm.script.NativeJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds what Slurm has, or has had, of a part of a job that it may have been sent: by the part's
 * name, with the controller and then in the accounts; then in the records that scripts leave when
 * they start. Thread-safe.
 */
final class Search {
  private final Commands commands;
  private final Site site;
  private final ExitRecords records;

  Search(Commands commands, Site site, ExitRecords records) {
    this.commands = commands;
    this.site = site;
    this.records = records;
  }

  /**
   * Whether what is not found was never sent, or has never started: without accounts, what Slurm's
   * controller has had time to forget is known only where the records of jobs can be seen.
   */
  boolean canTell(Instant since, Instant now) {
    return site.config().accounting()
        || now.isBefore(since.plus(site.memory()))
        || records.areShared();
  }

  /** The tasks of one of Slurm's jobs that are known. */
  private static final class Found {
    private final BitSet tasks = new BitSet();
    private Instant submitted = Instant.MAX;

    void add(TaskSet id, Instant at) {
      id.tasks().forEach(tasks::set);
      submitted = at.isBefore(submitted) ? at : submitted;
    }
  }

  /**
   * Finds the jobs of Slurm's under a part's name.
   *
   * @param known those that need not be found
   * @param since the part was not sent before this
   */
  List<Piece> of(NativeJob part, Collection<Piece> known, Instant since) {
    Set<String> but = known.stream().map(Piece::nativeId).collect(Collectors.toSet());
    Map<String, Found> found = new TreeMap<>();
    Set<String> ids =
        commands.named(part.name()).stream().map(TaskSet::jobId).collect(Collectors.toSet());
    if (!but.containsAll(ids)) {
      for (QueueRow row : commands.queue()) {
        if (ids.contains(row.id().jobId())) {
          add(found, row.id(), row.submitted().orElse(since));
        }
      }
    }
    found.keySet().removeAll(but);
    if (site.config().accounting() && rest(part, pieces(part, found)).isPresent()) {
      for (AccountingRow row : commands.accounting(part.name(), since)) {
        add(found, row.id(), row.submitted());
      }
      found.keySet().removeAll(but);
    }
    if (rest(part, pieces(part, found)).isPresent()) {
      records
          .started(part.id(), part.attempt())
          .forEach((index, id) -> add(found, startedTask(part, index, id), since));
      found.keySet().removeAll(but);
    }
    return pieces(part, found);
  }

  private static TaskSet startedTask(NativeJob part, int index, String jobId) {
    boolean ours = part.indices().contains(index);
    return new TaskSet(jobId, ours ? IndexSet.of(index - part.offset()) : IndexSet.empty());
  }

  private static void add(Map<String, Found> found, TaskSet id, Instant submitted) {
    found.computeIfAbsent(id.jobId(), job -> new Found()).add(id, submitted);
  }

  private static List<Piece> pieces(NativeJob part, Map<String, Found> found) {
    List<Piece> pieces = new ArrayList<>();
    found.forEach(
        (nativeId, one) -> {
          int[] some =
              part.indices().stream().filter(i -> one.tasks.get(i - part.offset())).toArray();
          if (part.indices().isEmpty()) {
            pieces.add(Piece.of(part, nativeId, one.submitted));
          } else if (some.length > 0) {
            pieces.add(Piece.of(part.of(IndexSet.of(some)), nativeId, one.submitted));
          }
        });
    return pieces;
  }

  /** What of a part is in none of these; empty if nothing. */
  static Optional<NativeJob> rest(NativeJob part, Collection<Piece> pieces) {
    if (part.indices().isEmpty()) {
      return pieces.isEmpty() ? Optional.of(part) : Optional.empty();
    }
    int[] rest =
        part.indices().stream()
            .filter(index -> pieces.stream().noneMatch(piece -> piece.indices().contains(index)))
            .toArray();
    return rest.length == 0 ? Optional.empty() : Optional.of(part.of(IndexSet.of(rest)));
  }
}
