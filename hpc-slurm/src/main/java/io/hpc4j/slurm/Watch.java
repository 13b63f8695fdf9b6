package io.hpc4j.slurm;

import io.hpc4j.spi.JobTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps the jobs that are known here up to date, when it is asked to. Thread-safe. */
final class Watch {
  private final Settings settings;
  private final Observer observer;
  private final Steward steward;
  private final ExitRecords records;
  private final JobTable<SlurmJob> jobs;
  private final ReentrantLock observing = new ReentrantLock();

  Watch(
      Settings settings,
      Observer observer,
      Steward steward,
      ExitRecords records,
      JobTable<SlurmJob> jobs) {
    this.settings = settings;
    this.observer = observer;
    this.steward = steward;
    this.records = records;
    this.jobs = jobs;
  }

  /** The jobs. */
  JobTable<SlurmJob> jobs() {
    return jobs;
  }

  /** Asks Slurm where all open jobs are, and does what is to be done for them. */
  void observe() {
    observing.lock();
    try {
      retire();
      Instant now = settings.time().instant();
      List<SlurmJob> open = jobs.open();
      ask(open, now);
      open.forEach(job -> steward.tend(job, now));
      retire();
    } finally {
      observing.unlock();
    }
  }

  /** Asks Slurm where all open jobs are, and does nothing for them. */
  void look() {
    observing.lock();
    try {
      ask(jobs.open(), settings.time().instant());
    } finally {
      observing.unlock();
    }
  }

  private void ask(List<SlurmJob> open, Instant now) {
    if (!open.isEmpty()) {
      observer.observe(open, now, settings.pollPolicy().lostAfter());
    }
  }

  /** Lets go of what can no longer change. */
  private void retire() {
    List<SlurmJob> over = new ArrayList<>();
    for (SlurmJob job : jobs.open()) {
      synchronized (job) {
        if (job.isOver()) {
          records.remove(job);
          over.add(job);
        }
      }
    }
    jobs.over(over);
  }
}
