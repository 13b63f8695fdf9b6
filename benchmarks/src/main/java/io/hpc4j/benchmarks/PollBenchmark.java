package io.hpc4j.benchmarks;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.slurm.CommandResult;
import io.hpc4j.slurm.SlurmBackend;
import io.hpc4j.spi.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one question to Slurm about many open jobs costs, once squeue has answered: against cutting
 * its answer into words. Nothing is run; there is no cluster.
 */
final class PollBenchmark implements Suite {
  private static final String OURS = "hpc4j";
  private static final String BARE = "String.split";
  private static final int WARM = 30;
  private static final int FIRST_ID = 100;
  private static final int CPUS = 2;

  @Override
  public Report run(Options options) throws Exception {
    int jobs = options.jobs(10_000, 100);
    Controller controller = new Controller();
    try (SlurmBackend backend = SlurmBackend.builder().runner(controller::run).build()) {
      JobRequest nothing = JobRequest.of(JobDefinition.builder("nothing").command("true").build());
      List<JobId> ids = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        JobId id = JobId.create(backend.name(), backend.scope());
        backend.submit(new Submission(id, nothing, part -> {}));
        ids.add(id);
      }
      controller.answer = answer(jobs);
      Contestant ours = new Contestant(OURS, () -> ours(backend, ids));
      Contestant bare = new Contestant(BARE, () -> bare(controller.answer, jobs));
      for (int i = 0; i < (options.quick() ? 0 : WARM); i++) {
        Object unused = List.of(ours.once().call(), bare.once().call());
      }
      Rounds rounds = Rounds.run(options.rounds(), List.of(ours, bare));
      Table table = new Table("", "ms", "ratio");
      for (String name : List.of(OURS, BARE)) {
        table.row(
            name, Numbers.of(millis(rounds, name)), Numbers.of(rounds.ratio(BARE, name)) + "x");
      }
      return new Report(
          "Poll: one question about " + jobs + " open jobs",
          table,
          List.of(Goal.atMost("ms", millis(rounds, OURS), 100)),
          List.of());
    }
  }

  private static double millis(Rounds rounds, String name) {
    return rounds.median(name, sample -> sample.nanos() / 1e6);
  }

  private static Contestant.Sample ours(SlurmBackend backend, List<JobId> ids) throws Exception {
    return Contestant.time(
        ids.size(), () -> check(backend.describe(ids).size() == ids.size(), "some are unknown"));
  }

  private static Contestant.Sample bare(String answer, int jobs) throws Exception {
    return Contestant.time(
        jobs,
        () -> {
          int words = 0;
          for (String line : answer.split("\n", -1)) {
            words += line.split("\\|", -1).length;
          }
          check(words > jobs, "nothing was cut");
        });
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** What squeue tells of these jobs, of which the first run and the others wait. */
  private static String answer(int jobs) {
    long now = Instant.now().getEpochSecond();
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < jobs; i++) {
      int id = FIRST_ID + i;
      all.append(id).append('|').append(id).append('|');
      all.append(i < CPUS ? "RUNNING|0|0|" : "PENDING|0|0|").append(now).append('|');
      all.append(i < CPUS ? now + "|N/A|n1|main|None\n" : "N/A|N/A||main|Resources\n");
    }
    return all.toString();
  }

  /** Answers as the commands of a cluster of one node do. */
  private static final class Controller {
    private String answer = "";
    private int nextId = FIRST_ID;

    private CommandResult run(
        List<String> command, Map<String, String> environment, String input, Duration limit) {
      String words = String.join(" ", command);
      String output =
          switch (command.get(0)) {
            case "sbatch" -> nextId++ + "\n";
            case "squeue" -> answer;
            case "sinfo" -> "n1|main*|idle|0/2/0/2|16000|0|(null)|gpu:0|(null)|none\n";
            default ->
                words.equals("scontrol show config")
                    ? "SLURM_VERSION = 22.05.8\nAccountingStorageType = (null)\n"
                    : "PartitionName=main Default=YES MaxTime=UNLIMITED MaxNodes=UNLIMITED Nodes=n1"
                        + " State=UP TotalCPUs=2 TotalNodes=1\n";
          };
      return new CommandResult(0, output, "");
    }
  }
}
