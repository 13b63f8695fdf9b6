package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.Attempt;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.model.StoreException;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store holds, and how a backend goes on with it, wherever the file was cut. */
class StoreTest {
  private static final RetryPolicy PATIENT =
      RetryPolicy.attempts(10).retryOnExitCode(75).retryOn(Reason.NODE_FAILURE);

  @TempDir Path folder;

  /** Every element that was started, by its job's name, in each program. */
  private final Set<String> started = new HashSet<>();

  private LocalBackend backend = LocalBackend.create();
  private VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");

  private JobClient open() {
    return open(JobQueue.builder("normal"));
  }

  private JobClient open(JobQueue.Builder queue) {
    return open(queue, folder.resolve("store"));
  }

  private JobClient open(JobQueue.Builder queue, Path store) {
    backend =
        LocalBackend.builder()
            .time(time)
            .simulate(this::rule)
            .onClose(LocalBackend.OnClose.LEAVE)
            .store(store)
            .queue(queue.runsOn(ComputeEnvironment.fixed("node", 2, Capacity.cpus(3))).build())
            .build();
    return JobClient.on(backend);
  }

  /**
   * Elements divisible by 5 fail, the others fail once and then succeed; attempts take a minute.
   */
  private Simulated rule(JobDefinition definition, int index, int attempt) {
    started.add(definition.name() + index);
    int code = index % 5 == 4 ? 3 : attempt == 1 && index % 2 == 1 ? 75 : 0;
    return Simulated.exit(code, Duration.ofMinutes(1));
  }

  private static JobDefinition work(String name) {
    return JobDefinition.builder(name).command(name).retry(PATIENT).build();
  }

  private void submitAll(JobClient hpc) {
    Job mesh = hpc.submit(work("mesh"), r -> r.array(8));
    Job solve = hpc.submit(work("solve"), r -> r.array(8).afterEach(mesh));
    hpc.submit(work("merge"), r -> r.after(solve));
    hpc.submit(work("clean"), r -> r.afterEnd(solve));
    hpc.submit(work("chain"), r -> r.array(IndexSet.parse("1,3,6-7")).sequential());
    hpc.submit(work("budget"), r -> r.array(20).maxFailures(1).throttle(2));
    hpc.submit(work("later"), r -> r.begin(time.instant().plus(Duration.ofHours(1))));
    Job held = hpc.submit(work("held"), r -> r.hold());
    held.release();
    Job cancelled = hpc.submit(work("cancelled"), r -> r.array(3));
    time.advance(Duration.ofSeconds(90));
    cancelled.element(1).cancel("not this one");
    cancelled.cancel("none of them");
  }

  private static Map<JobId, JobState> ends(JobClient hpc, boolean elements) {
    Map<JobId, JobState> ends = new HashMap<>();
    for (JobStatus job : hpc.list(JobFilter.all())) {
      ends.put(job.id(), job.state());
      if (elements && !job.counts().isEmpty()) {
        for (JobState state : EnumSet.allOf(JobState.class)) {
          hpc.job(job.id()).indices(state).stream()
              .forEach(index -> ends.put(job.id().element(index), state));
        }
      }
    }
    return ends;
  }

  private Path journal() {
    return folder.resolve("store/journal");
  }

  @Nested
  class Reopened {
    @Test
    void everything_that_ended_stays_as_it_was() {
      Map<JobId, JobState> before;
      List<Attempt> attempts;
      try (JobClient hpc = open()) {
        submitAll(hpc);
        time.advance(Duration.ofHours(5));
        before = ends(hpc, true);
        attempts = attempts(hpc);
      }
      started.clear();

      try (JobClient hpc = open()) {
        time.advance(Duration.ofHours(5));

        assertThat(ends(hpc, true)).isEqualTo(before);
        assertThat(attempts(hpc)).isEqualTo(attempts);
        assertThat(before.values()).allMatch(JobState::isFinal);
        assertThat(started).isEmpty();
      }
    }

    private List<Attempt> attempts(JobClient hpc) {
      List<Attempt> all = new ArrayList<>();
      for (JobStatus status : hpc.list(JobFilter.all())) {
        Job job = hpc.job(status.id());
        all.addAll(job.attempts());
        if (!status.counts().isEmpty()) {
          job.indices(JobState.SUCCEEDED).stream()
              .forEach(index -> all.addAll(job.element(index).attempts()));
        }
      }
      return all;
    }

    @Test
    void what_was_running_is_an_attempt_that_failed_with_its_node() {
      JobId id;
      try (JobClient hpc = open()) {
        id = hpc.submit(work("long")).id();
        time.advance(Duration.ofSeconds(30));
      }

      try (JobClient hpc = open()) {
        Job job = hpc.job(id).await();

        assertThat(job.attempts())
            .extracting(attempt -> attempt.reason().orElseThrow())
            .containsExactly(Reason.NODE_FAILURE, Reason.SUCCESS);
        assertThat(job.attempts().get(0).nodes()).containsExactly("node-1");
      }
    }

    @Test
    void without_a_rule_for_it_a_lost_attempt_is_the_last() {
      JobId id;
      try (JobClient hpc = open()) {
        id =
            hpc.submit(
                    JobDefinition.builder("once")
                        .command("once")
                        .retry(RetryPolicy.attempts(3).retryOnExitCode(75))
                        .build())
                .id();
        time.advance(Duration.ofSeconds(30));
      }

      try (JobClient hpc = open()) {
        assertThat(hpc.job(id).await().status().reason()).contains(Reason.NODE_FAILURE);
      }
    }

    @Test
    void holds_and_numbers_go_on() {
      JobId id;
      try (JobClient hpc = open()) {
        id = hpc.submit(work("held"), r -> r.hold()).id();
      }

      try (JobClient hpc = open()) {
        assertThat(hpc.job(id).state()).isEqualTo(JobState.PENDING);
        assertThat(hpc.job(id).status().nativeId()).contains("1");
        assertThat(hpc.submit(work("next")).await().status().nativeId()).contains("2");
        hpc.job(id).release();
        assertThat(hpc.job(id).await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }

    @Test
    void what_nobody_follows_is_an_orphan_and_can_be_cancelled() {
      JobId left;
      try (JobClient hpc = open()) {
        left = hpc.submit(work("left"), r -> r.array(3).hold()).id();
        assertThat(hpc.orphans()).isEmpty();
      }

      try (JobClient hpc = open()) {
        Job mine = hpc.submit(work("mine"));

        assertThat(hpc.orphans()).extracting(JobStatus::id).containsExactly(left);
        assertThat(hpc.cancelOrphans("nobody wants it")).hasSize(1);

        assertThat(hpc.job(left).await().state()).isEqualTo(JobState.CANCELLED);
        assertThat(hpc.orphans()).isEmpty();
        assertThat(mine.await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }

    @Test
    void a_java_task_ends_with_its_program() {
      JobId id;
      try (JobClient hpc = open()) {
        id =
            hpc.submit(
                    JobDefinition.builder("task").java(context -> "result").build(), r -> r.hold())
                .id();
      }

      try (JobClient hpc = open()) {
        JobStatus status = hpc.job(id).await().status();

        assertThat(status.reason()).contains(Reason.NODE_FAILURE);
        assertThat(status.message()).contains("Java task");
      }
    }

    @Test
    void a_job_whose_queue_is_gone_fails_and_says_so() {
      JobId id;
      try (JobClient hpc = open(JobQueue.builder("old"))) {
        id = hpc.submit(work("homeless"), r -> r.queue("old").hold()).id();
      }

      try (JobClient hpc = open(JobQueue.builder("new"))) {
        JobStatus status = hpc.job(id).await().status();

        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.message()).contains("old");
      }
    }
  }

  @Nested
  class Compacted {
    @Test
    void at_any_time_a_store_says_the_same_in_fewer_bytes() throws IOException {
      try (JobClient hpc = open()) {
        submitAll(hpc);
        Job noise = hpc.submit(work("noise"));
        for (int i = 0; i < 100; i++) {
          noise.hold();
          noise.release();
        }
        for (int minutes = 0; minutes < 20; minutes++) {
          long size = Files.size(journal());
          backend.compactStore();
          assertThat(Files.size(journal())).isLessThanOrEqualTo(size);
          Map<JobId, JobState> before = ends(hpc, true);
          Path copy = folder.resolve("copy" + minutes);
          Files.createDirectories(copy);
          Files.copy(journal(), copy.resolve("journal"));
          assertSays(copy, before);
          time.advance(Duration.ofSeconds(45));
        }
      }
    }

    private void assertSays(Path copy, Map<JobId, JobState> expected) {
      VirtualTime now = time;
      LocalBackend live = backend;
      time = VirtualTime.startingAt(now.instant());
      try (JobClient hpc = open(JobQueue.builder("normal"), copy)) {
        Map<String, JobState> said = new HashMap<>();
        ends(hpc, true).forEach((id, state) -> said.put(key(id), state));
        expected.forEach(
            (id, state) -> {
              if (state.isFinal()) {
                assertThat(said).containsEntry(key(id), state);
              }
            });
        assertThat(said).hasSameSizeAs(expected);
        time.advance(Duration.ofHours(9));
        assertThat(ends(hpc, true).values()).allMatch(JobState::isFinal);
      } finally {
        time = now;
        backend = live;
      }
    }

    private static String key(JobId id) {
      return id.token() + "/" + id.index();
    }
  }

  @Test
  void what_shares_have_used_counts_on() {
    List<ShareStatus> before;
    try (JobClient hpc = open(fair())) {
      JobDefinition work = JobDefinition.command("./work");
      hpc.submit(work, r -> r.share("a").array(8));
      hpc.submit(work, r -> r.share("b"));
      time.advance(Duration.ofMinutes(10));
      before = hpc.shares("normal");
    }

    try (JobClient hpc = open(fair())) {
      List<ShareStatus> after = hpc.shares("normal");

      assertThat(after).extracting(ShareStatus::name).containsExactly("b", "a");
      assertThat(after).allMatch(ShareStatus::active);
      for (int i = 0; i < 2; i++) {
        assertThat(after.get(i).usage()).isCloseTo(before.get(i).usage(), within(1e-6));
        assertThat(after.get(i).usage()).isPositive();
      }
    }
  }

  @Test
  void a_node_that_was_used_alone_counts_on_with_all_its_cpus() {
    double before;
    try (JobClient hpc = open(fair())) {
      Resources alone = Resources.cpus(1).exclusive();
      hpc.submit(
          JobDefinition.builder("alone").command("./work").resources(alone).build(),
          r -> r.share("a"));
      time.advance(Duration.ofMinutes(10));
      before = hpc.shares("normal").get(0).usage();
    }

    try (JobClient hpc = open(fair())) {
      assertThat(hpc.shares("normal").get(0).usage()).isPositive().isCloseTo(before, within(1e-6));
    }
  }

  private static JobQueue.Builder fair() {
    return JobQueue.builder("normal")
        .policy(SchedulingPolicy.fairShare().decay(Duration.ofHours(1)).build());
  }

  @Nested
  class Cut {
    private final int cuts = Integer.getInteger("hpc4j.cuts", 300);

    @Test
    @Timeout(1200)
    void anywhere_every_accepted_job_ends_once_and_as_it_should() throws IOException {
      Map<JobId, JobState> expected;
      try (JobClient hpc = open()) {
        submitAll(hpc);
        time.advance(Duration.ofHours(5));
        expected = ends(hpc, true);
      }
      byte[] whole = Files.readAllBytes(journal());

      List<Integer> places = new ArrayList<>(boundaries(whole));
      Random random = new Random(20261124);
      random.ints(cuts, 0, whole.length).forEach(places::add);
      for (int place : places) {
        Files.write(journal(), Arrays.copyOf(whole, place));
        assertGoesOn(place, expected);
      }
    }

    private void assertGoesOn(int place, Map<JobId, JobState> expected) {
      time = VirtualTime.startingAt("2026-01-02T00:00:00Z");
      try (JobClient hpc = open()) {
        Map<JobId, JobState> atFirst = ends(hpc, true);
        started.clear();

        time.advance(Duration.ofHours(5));

        hpc.list(JobFilter.all()).stream()
            .filter(job -> job.name().orElse("").equals("held") && !job.state().isFinal())
            .forEach(job -> hpc.job(job.id()).release()); // cut before its release
        time.advance(Duration.ofHours(1));
        Map<JobId, JobState> atLast = ends(hpc, true);
        assertThat(atLast.keySet()).as("cut at %s", place).isEqualTo(atFirst.keySet());
        Map<JobId, String> names = new HashMap<>();
        hpc.list(JobFilter.all()).forEach(job -> names.put(job.id(), job.name().orElse("")));
        atLast.forEach(
            (id, state) -> {
              String name = names.getOrDefault(id.job(), "");
              if (!name.equals("cancelled") && !name.equals("budget")) {
                assertThat(state)
                    .as("%s %s, cut at %s", name, id, place)
                    .isEqualTo(expected.get(id));
              }
              assertThat(state.isFinal()).as("%s %s, cut at %s", name, id, place).isTrue();
              JobState before = atFirst.getOrDefault(id, JobState.PENDING);
              if (before.isFinal()) {
                assertThat(state).as("%s %s, cut at %s", name, id, place).isEqualTo(before);
                if (id.index().isPresent()) {
                  assertThat(started).doesNotContain(name + id.index().getAsInt());
                }
              }
            });
      }
    }

    private static List<Integer> boundaries(byte[] whole) {
      List<Integer> found = new ArrayList<>();
      int at = 16;
      while (at < whole.length) {
        found.add(at);
        at += 16 + ByteBuffer.wrap(whole).getInt(at);
      }
      return found;
    }
  }

  @Nested
  class OnAFullDisk {
    @Test
    void submissions_are_refused_what_runs_can_end_and_all_goes_on_when_there_is_space()
        throws Exception {
      try (SmallDisk disk = SmallDisk.at(folder.resolve("disk"))) {
        Path store = disk.folder().resolve("store");
        try (JobClient hpc = open(JobQueue.builder("normal"), store)) {
          Job running = hpc.submit(work("running"));
          Job waiting = hpc.submit(work("waiting"), r -> r.hold());
          time.advance(Duration.ofSeconds(30));
          Path filler = disk.fill();
          List<Job> accepted = new ArrayList<>();
          StoreException full = submitUntilRefused(hpc, accepted);

          assertThat(full.kind()).isEqualTo(StoreException.Kind.IO);
          assertThat(hpc.list(JobFilter.all())).hasSize(2 + accepted.size());
          time.advance(Duration.ofSeconds(40));
          assertThat(running.state()).isEqualTo(JobState.SUCCEEDED);
          waiting.release();
          time.advance(Duration.ofHours(1));
          assertThat(accepted).extracting(Job::state).contains(JobState.RUNNABLE);

          Files.delete(filler);
          assertThat(waiting.await().state()).isEqualTo(JobState.SUCCEEDED);
          hpc.awaitAll(accepted);
          assertThat(hpc.submit(work("next")).await().state()).isEqualTo(JobState.SUCCEEDED);
        }
        try (JobClient hpc = open(JobQueue.builder("normal"), store)) {
          assertThat(ends(hpc, false).values()).containsOnly(JobState.SUCCEEDED);
        }
      }
    }

    private StoreException submitUntilRefused(JobClient hpc, List<Job> accepted) {
      while (true) {
        try {
          accepted.add(hpc.submit(work("more")));
        } catch (StoreException e) {
          return e;
        }
      }
    }
  }

  @Nested
  class Refused {
    @Test
    void a_store_in_use() {
      try (JobClient first = open()) {
        first.submit(work("mine"));

        try (JobClient second = open()) {
          assertThatExceptionOfType(StoreException.class)
              .isThrownBy(() -> second.submit(work("theirs")))
              .matches(e -> e.kind() == StoreException.Kind.LOCKED, "locked");
        }
        assertThat(first.submit(work("mine too")).await().state()).isEqualTo(JobState.SUCCEEDED);
      }
    }

    @Test
    void a_store_with_a_record_that_makes_no_sense_is_left_as_it_is() throws IOException {
      try (io.hpc4j.journal.Journal journal =
          io.hpc4j.journal.Journal.open(folder.resolve("store"), record -> {})) {
        journal.append(new byte[] {77, 0, 0, 0, 0, 0, 0, 0, 1});
      }
      byte[] before = Files.readAllBytes(journal());

      try (JobClient hpc = open()) {
        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> hpc.submit(work("any")))
            .matches(e -> e.kind() == StoreException.Kind.CORRUPT, "corrupt");
      }

      assertThat(Files.readAllBytes(journal())).isEqualTo(before);
    }
  }
}
