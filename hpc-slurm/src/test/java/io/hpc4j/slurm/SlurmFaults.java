package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Exit;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What breaks around a program, on a real cluster: no job may be lost, run twice or given a wrong
 * ending. Small numbers by default; the page on reliability has the larger ones.
 */
abstract class SlurmFaults extends ClusterCases {
  private Ledger ledger;

  @BeforeEach
  void openLedger() throws IOException {
    ledger = new Ledger(cluster, directory);
  }

  /** A plain job of a series that ends with a status. */
  private Job submit(JobClient client, String script, int status) {
    Job job = client.submit(ledger.work(script + "\nexit " + status).build());
    ledger.expect(job.id(), status);
    return job;
  }

  /** Waits for a job's end, which has to be as the status of its work says. */
  private static void assertEnded(Job job, int status) {
    JobStatus end = end(job);
    assertThat(end.exit()).as("%s", end).contains(Exit.code(status));
    assertEnded(
        end,
        status == 0 ? JobState.SUCCEEDED : JobState.FAILED,
        status == 0 ? Reason.SUCCESS : Reason.NON_ZERO_EXIT);
  }

  /** Half of the jobs end before; some run while the controller is away and end then. */
  @Test
  @Timeout(1800)
  void the_controller_is_killed_in_the_middle_of_many_jobs() throws IOException {
    int half = Integer.getInteger("hpc4j.slurm.jobs", 60) / 2;
    int elements = half / 5;
    String late = "until [ -e go ]; do sleep 0.1; done; touch late";
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      jobs.add(submit(hpc, "", i % 2 * 3));
    }
    Job array =
        hpc.submit(
            ledger.work(late + "; exit $((HPC4J_ARRAY_INDEX % 4))").build(),
            r -> r.array(elements));
    for (int i = half; i < 2 * half - elements; i++) {
      jobs.add(submit(hpc, late, i % 2 * 3));
    }
    jobs.subList(0, half).forEach(Job::await);
    running(array);
    cluster.notes(nativeId(array));

    cluster.killController();
    Files.createFile(directory.resolve("go"));
    Cluster.until("one ends meanwhile", () -> Files.exists(directory.resolve("late")));
    cluster.startController();

    for (int i = 0; i < jobs.size(); i++) {
      assertEnded(jobs.get(i), i % 2 * 3);
    }
    end(array);
    for (int i = 0; i < elements; i++) {
      assertEnded(array.element(i), i % 4);
      ledger.expect(array.id(), i, i % 4);
    }
    assertThat(ledger.size()).isEqualTo(2 * half);
    ledger.check();
  }

  /**
   * Slurm notes a submission some seconds after its reply. What a controller has not noted when it
   * is killed is lost, and its id is given again: then nobody may get the ending of another.
   */
  @Test
  void the_controller_is_killed_before_it_has_noted_what_it_took() throws IOException {
    AtomicBoolean blind = new AtomicBoolean(true);
    CommandRunner late =
        (command, environment, input, limit) ->
            blind.get() && command.get(0).equals("squeue")
                ? new CommandResult(1, "", "squeue: error: Unable to contact slurm controller")
                : CommandRunner.local().run(command, environment, input, limit);
    JobClient client = client(late, Duration.ofSeconds(20));
    List<Job> before = new ArrayList<>();
    List<Job> after = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      before.add(client.submit(ledger.work("exit 3").build()));
    }
    cluster.killController();
    cluster.startController();
    cluster.restartNodes();
    for (int i = 0; i < 20; i++) {
      after.add(client.submit(ledger.work("exit 4").build()));
    }
    blind.set(false);

    for (Job job : after) {
      assertEnded(job, 4);
    }
    for (Job job : before) {
      JobStatus end = end(job);
      // what the controller knows to have begun and not to have ended, it takes for failed;
      // what it does not know to have begun, it begins again, and the second finds the first's mark
      if (end.state() != JobState.LOST && end.reason().orElseThrow() != Reason.NODE_FAILURE) {
        assertThat(end.exit().orElseThrow()).as("%s", end).isIn(Exit.code(3), Exit.code(99));
      }
    }
  }

  @Test
  void a_killed_node_fails_its_jobs_or_has_them_tried_again_and_harms_no_other()
      throws IOException {
    Job once = running(hpc.submit(ledger.work("sleep 1000").build()));
    Job again =
        running(
            hpc.submit(
                ledger
                    .work("[ $HPC4J_ATTEMPT = 2 ] || sleep 1000")
                    .retry(RetryPolicy.attempts(2).retryOn(Reason.NODE_FAILURE))
                    .build()));
    Set<String> nodes = new TreeSet<>(once.status().nodes());
    nodes.addAll(again.status().nodes());
    Job elsewhere =
        hpc.submit(
            ledger
                .work("until [ -e go ]; do sleep 0.1; done; exit 3")
                .resources(Resources.cpus(2))
                .build());
    ledger.expect(elsewhere.id(), 3);
    Cluster.until("all have begun", () -> marks() == 3);
    assertThat(nodes).doesNotContainAnyElementsOf(running(elsewhere).status().nodes());

    for (int i = 1; i <= 4; i++) {
      if (nodes.contains(cluster.node(i))) {
        cluster.killNode(i);
      }
    }

    assertEnded(end(once), JobState.FAILED, Reason.NODE_FAILURE);
    assertSucceeded(again);
    assertThat(again.attempts())
        .extracting(attempt -> attempt.reason().orElseThrow())
        .containsExactly(Reason.NODE_FAILURE, Reason.SUCCESS);
    assertThat(again.attempts()).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(elsewhere.state()).isEqualTo(JobState.RUNNING);
    Files.createFile(directory.resolve("go"));
    assertEnded(elsewhere, 3);
    ledger.expect(once.id(), "-", 1, "NODE_FAIL 0:0");
    ledger.expect(again.id(), "-", 1, "NODE_FAIL 0:0");
    ledger.expect(again.id(), "-", 2, Ledger.ending(0));
    ledger.check();
  }

  private int marks() {
    String[] all = directory.resolve("marks").toFile().list();
    return all == null ? 0 : all.length;
  }

  @Test
  @Timeout(3600)
  void a_program_is_killed_again_and_again_and_goes_on() throws Exception {
    int kills = Integer.getInteger("hpc4j.slurm.kills", 3);
    int jobs = 6 * Math.max(kills, 4);
    Random random = new Random(5);
    int killed = 0;
    while (!LastingProgram.killAfter(
        LastingProgram.start(this, jobs, 0, Map.of()),
        killed < kills ? 1 + random.nextInt(24) : Integer.MAX_VALUE)) {
      killed++;
      assertThat(killed).as("%s", said()).isLessThanOrEqualTo(kills);
    }

    assertThat(killed).as("%s", said()).isEqualTo(kills);
    assertThat(LastingProgram.accepted(directory)).hasSize(jobs);
    Set<Integer> told = new HashSet<>();
    for (String[] ended : LastingProgram.ended(directory)) {
      int number = Integer.parseInt(ended[0]);
      assertThat(ended[1]).as("job %s", number).isEqualTo(LastingProgram.end(number).name());
      told.add(number);
    }
    // it may be killed between writing down an end and telling it
    assertThat(told.size()).isGreaterThanOrEqualTo(jobs - kills);
    LastingProgram.expectAll(ledger, directory);
    ledger.check();
  }

  private String said() throws IOException {
    return Files.readString(directory.resolve("errors"));
  }

  /** The program is killed while sbatch, which goes on, has read a part of a long script only. */
  @Test
  void what_a_killed_program_was_sending_arrives_whole_or_not_at_all() throws Exception {
    Path commands = Files.createDirectory(directory.resolve("commands"));
    Path slow = commands.resolve("sbatch");
    String real = cluster.run("sh", "-c", "command -v sbatch").strip();
    Files.writeString(
        slow,
        """
        #!/bin/sh
        touch %1$s/waits
        until [ -e %1$s/go ]; do sleep 0.1; done
        %2$s "$@"
        touch %1$s/sent
        """
            .formatted(directory, real));
    cluster.run("chmod", "755", slow.toString());
    Map<String, String> path = Map.of("PATH", commands + ":" + System.getenv("PATH"));
    Process program = LastingProgram.start(this, 1, 100_000, path);
    Cluster.until("sbatch waits", () -> Files.exists(directory.resolve("waits")));

    boolean unused = LastingProgram.killAfter(program, 1);
    Files.createFile(directory.resolve("go"));
    Cluster.until("it is sent", () -> Files.exists(directory.resolve("sent")));

    boolean done =
        LastingProgram.killAfter(
            LastingProgram.start(this, 1, 100_000, Map.of()), Integer.MAX_VALUE);
    assertThat(done).as("%s", said()).isTrue();
    LastingProgram.expectAll(ledger, directory);
    ledger.check();
  }

  @Test
  @Timeout(1800)
  void one_in_ten_replies_of_sbatch_is_lost() throws IOException {
    int submissions = Integer.getInteger("hpc4j.slurm.submissions", 60);
    Forgetful runner = new Forgetful();
    JobClient client = client(runner);
    List<Job> jobs = new ArrayList<>();
    List<Job> arrays = new ArrayList<>();
    for (int sent = 0; sent < submissions; ) {
      if (sent % 10 == 0) { // two of Slurm's arrays
        arrays.add(
            client.submit(
                ledger.work("exit $((HPC4J_ARRAY_INDEX % 3))").build(),
                r -> r.array(IndexSet.of(1, 2, 1500, 1501))));
        sent += 2;
      } else {
        jobs.add(submit(client, "", sent % 2 * 3));
        sent++;
      }
    }

    for (Job job : jobs) {
      boolean failed = end(job).state() == JobState.FAILED;
      assertEnded(job, failed ? 3 : 0);
    }
    for (Job array : arrays) {
      end(array);
      for (int i : new int[] {1, 2, 1500, 1501}) {
        assertEnded(array.element(i), i % 3);
        ledger.expect(array.id(), i, i % 3);
      }
    }
    ledger.check();
    assertThat(runner.lost).isPositive();
  }

  /** Runs commands, and loses one in ten of sbatch's replies, and one in a hundred submissions. */
  private static final class Forgetful implements CommandRunner {
    private final Random random = new Random(11);
    private int lost;

    @Override
    public CommandResult run(
        List<String> command, Map<String, String> environment, String input, Duration limit)
        throws IOException {
      if (!command.get(0).equals("sbatch")) {
        return CommandRunner.local().run(command, environment, input, limit);
      }
      int dice;
      synchronized (random) {
        dice = random.nextInt(100);
      }
      CommandResult timedOut =
          new CommandResult(
              1,
              "",
              "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation");
      if (dice == 99) {
        return timedOut;
      }
      CommandResult real = CommandRunner.local().run(command, environment, input, limit);
      if (dice >= 10) {
        return real;
      }
      lost++;
      if (dice < 4) {
        return timedOut;
      }
      if (dice < 7) {
        return new CommandResult(0, "", "");
      }
      throw new IOException("sbatch did not end within " + limit);
    }
  }

  @Test
  void names_of_files_and_folders_reach_the_process_byte_for_byte() throws IOException {
    List<String> names =
        List.of(
            " ",
            "two  blanks ",
            "it's \"quoted\"",
            "$(touch pwned)`touch pwned`$HOME",
            "-rf",
            "--chdir=x",
            "~",
            "100% %j %%",
            "\u00e4 \u4f60\u597d \ud83d\ude80",
            "*?[a-z]{b,c}",
            "back\\slash\\n",
            "a;b|c&d<e>f#g!h",
            "tab\there");
    List<Job> jobs = new ArrayList<>();
    for (String name : names) {
      Path folder = Files.createDirectory(directory.resolve(name));
      Files.writeString(folder.resolve(name + ".in"), "read\n");
      String pattern = name.replace("%", "%%");
      jobs.add(
          hpc.submit(
              sh("cat; printf %s \"$PWD\" >here; echo err >&2")
                  .workingDirectory(folder)
                  .stdin(name + ".in")
                  .stdout(pattern + ".out")
                  .stderr(pattern + ".err")
                  .build()));
    }

    for (int i = 0; i < names.size(); i++) {
      assertSucceeded(jobs.get(i));
      Path folder = directory.resolve(names.get(i));
      String name = names.get(i);
      assertThat(Files.readString(folder.resolve("here"))).isEqualTo(folder.toString());
      assertThat(Files.readString(folder.resolve(name + ".out"))).isEqualTo("read\n");
      assertThat(Files.readString(folder.resolve(name + ".err"))).isEqualTo("err\n");
    }
  }

  @Test
  void very_long_hostile_text_reaches_the_process_byte_for_byte() throws IOException {
    String text = "it's \"$(id)\" `id`\n\\ \u4f60\ud83d\ude80 %s -n * ~\t".repeat(2700);
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isGreaterThan(100_000);

    assertSucceeded(
        hpc.submit(
            JobDefinition.builder("long")
                .command(
                    "sh",
                    "-c",
                    "printf %s \"$1\" >argument; printf %s \"$TEXT\" >value",
                    "sh",
                    text)
                .environment("TEXT", text)
                .build()));

    assertThat(Files.readString(directory.resolve("argument"))).isEqualTo(text);
    assertThat(Files.readString(directory.resolve("value"))).isEqualTo(text);
  }
}
