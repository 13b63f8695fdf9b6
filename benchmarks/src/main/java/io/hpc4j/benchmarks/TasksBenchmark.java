package io.hpc4j.benchmarks;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.quartz.JobBuilder;
import org.quartz.Scheduler;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Runs Java tasks that do nothing on two workers, from the first submit until all have ended. */
final class TasksBenchmark implements Suite {
  private static final String ARRAY = "hpc4j, one array";
  private static final String PLAIN = "hpc4j, plain jobs";
  private static final String QUARTZ = "Quartz, RAMJobStore, 2 threads";
  private static final String POOL = "ThreadPoolExecutor(2)";
  private static final int WARM_UPS = 4; // rounds until all that is measured is compiled

  @Override
  public Report run(Options options) throws Exception {
    int jobs = options.jobs(100_000, 5_000);
    List<Contestant> contestants =
        List.of(
            new Contestant(ARRAY, () -> array(jobs)),
            new Contestant(PLAIN, () -> plain(jobs)),
            new Contestant(QUARTZ, () -> quartz(jobs)),
            new Contestant(POOL, () -> pool(jobs)));
    Rounds rounds = Rounds.run(WARM_UPS, options.rounds(), contestants);
    Table table = new Table("", "jobs/s", "range", "to Quartz", "CPU, µs/job");
    for (Contestant contestant : contestants) {
      String name = contestant.name();
      table.row(
          name,
          Numbers.of(rounds.median(name, Contestant.Sample::jobsPerSecond)),
          rounds.range(name),
          name.equals(QUARTZ) ? "" : Numbers.of(rounds.ratio(name, QUARTZ)) + "x",
          Numbers.of(rounds.median(name, Contestant.Sample::cpuMicrosPerJob)));
    }
    List<Goal> goals = new ArrayList<>();
    for (String ours : List.of(ARRAY, PLAIN)) {
      double rate = rounds.median(ours, Contestant.Sample::jobsPerSecond);
      goals.add(Goal.atLeast(ours + ", jobs/s", rate, 200_000));
      goals.add(Goal.atLeast(ours + ", to Quartz", rounds.ratio(ours, QUARTZ), 3));
    }
    return new Report(
        "Tasks: " + jobs + " Java tasks that do nothing, on two workers", table, goals, List.of());
  }

  private static Contestant.Sample array(int jobs) throws Exception {
    JobDefinition nothing = Cluster.nothing();
    try (JobClient hpc = JobClient.on(Cluster.inMemory())) {
      return Contestant.time(
          jobs,
          () -> Cluster.expectSuccess(hpc.submit(nothing, r -> r.array(jobs)).await().status()));
    }
  }

  private static Contestant.Sample plain(int jobs) throws Exception {
    JobDefinition nothing = Cluster.nothing();
    List<Job> submitted = new ArrayList<>(jobs);
    try (JobClient hpc = JobClient.on(Cluster.inMemory())) {
      Contestant.Sample sample =
          Contestant.time(
              jobs,
              () -> {
                for (int i = 0; i < jobs; i++) {
                  submitted.add(hpc.submit(nothing));
                }
                hpc.awaitAll(submitted);
              });
      submitted.forEach(job -> Cluster.expectSuccess(job.status()));
      return sample;
    }
  }

  /** One job with one trigger for each; its latch is a little earlier than its bookkeeping. */
  private static Contestant.Sample quartz(int jobs) throws Exception {
    Properties settings = new Properties();
    settings.setProperty("org.quartz.scheduler.instanceName", "benchmark");
    settings.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    settings.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    settings.setProperty("org.quartz.threadPool.threadCount", "2");
    settings.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
    Scheduler scheduler = new StdSchedulerFactory(settings).getScheduler();
    CountDownLatch ended = new CountDownLatch(jobs);
    scheduler.setJobFactory((bundle, s) -> context -> ended.countDown());
    scheduler.start();
    try {
      return Contestant.time(
          jobs,
          () -> {
            for (int i = 0; i < jobs; i++) {
              String name = "job-" + i;
              scheduler.scheduleJob(
                  JobBuilder.newJob(org.quartz.Job.class).withIdentity(name).build(),
                  TriggerBuilder.newTrigger().withIdentity(name).startNow().build());
            }
            ended.await();
          });
    } finally {
      scheduler.shutdown(true);
    }
  }

  private static Contestant.Sample pool(int jobs) throws Exception {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    CountDownLatch ended = new CountDownLatch(jobs);
    try {
      return Contestant.time(
          jobs,
          () -> {
            for (int i = 0; i < jobs; i++) {
              pool.execute(ended::countDown);
            }
            ended.await();
          });
    } finally {
      pool.shutdown();
    }
  }
}
