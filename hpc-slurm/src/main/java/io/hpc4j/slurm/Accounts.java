package io.hpc4j.slurm;

import io.hpc4j.slurm.query.AccountingRow;
import io.hpc4j.slurm.query.TaskSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The records of sacct, by the tasks that they are of. */
final class Accounts {
  private final Map<String, List<AccountingRow>> single = new HashMap<>(); // by id of job or task
  private final Map<String, List<AccountingRow>> sets = new HashMap<>(); // by id of array

  /** Tells which of them are of jobs of ours. */
  final Identity identity;

  Accounts(List<AccountingRow> rows, Identity identity) {
    this.identity = identity;
    for (AccountingRow row : rows) {
      if (row.id().tasks().size() > 1) {
        sets.computeIfAbsent(row.id().jobId(), id -> new ArrayList<>()).add(row);
      } else {
        single.computeIfAbsent(row.id().toString(), id -> new ArrayList<>()).add(row);
      }
    }
  }

  /** The records of a job or a task, in the order of their submission. */
  List<AccountingRow> of(TaskSet id) {
    List<AccountingRow> all = new ArrayList<>(single.getOrDefault(id.toString(), List.of()));
    if (!id.isPlain()) {
      sets.getOrDefault(id.jobId(), List.of()).stream()
          .filter(row -> row.id().tasks().contains(id.tasks().first()))
          .forEach(all::add);
    }
    all.sort(Comparator.comparing(AccountingRow::submitted));
    return all;
  }
}
