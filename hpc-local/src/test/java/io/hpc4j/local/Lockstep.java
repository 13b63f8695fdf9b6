package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hpc4j.local.NaiveJob.Element;
import io.hpc4j.local.NaiveJob.State;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.model.JobStatus;
import io.hpc4j.model.ShareStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a program through the local backend and the naive scheduler at once, and holds the one
 * against the other after every step and at every instant at which something happens.
 */
final class Lockstep implements AutoCloseable {
  private final Program program;
  private final Bench bench;
  private final NaiveScheduler naive;
  private final ScheduleRules rules;
  private final List<JobId> ids = new ArrayList<>();

  private Lockstep(Program program) {
    this.program = program;
    naive = new NaiveScheduler(program.queues());
    rules = new ScheduleRules(naive);
    bench =
        Bench.with(
            b -> {
              program.queues().forEach(b::queue);
              return b.simulate(
                  (job, index, attempt) ->
                      Simulated.success(Duration.ofSeconds(Program.seconds(job, index))));
            });
  }

  static void run(Program program) {
    try (Lockstep lockstep = new Lockstep(program)) {
      for (Program.Step step : program.steps()) {
        lockstep.take(step);
        lockstep.compare();
      }
      lockstep.rules.checkCapacity(program.queues());
    }
  }

  private void take(Program.Step step) {
    if (step instanceof Program.Submit submit) {
      submit(submit.request());
    } else if (step instanceof Program.Advance advance) {
      advance(advance.seconds());
    } else if (step instanceof Program.Apply apply) {
      bench.act(() -> bench.backend.apply(apply.queue()));
      naive.apply(apply.queue());
    } else if (step instanceof Program.FailNode fail) {
      bench.act(() -> bench.backend.failNode(node(fail.node())));
      naive.failNode(node(fail.node()));
    } else if (step instanceof Program.DrainNode drain) {
      bench.act(() -> bench.backend.drainNode(node(drain.node()), "random"));
      naive.drainNode(node(drain.node()));
    } else if (step instanceof Program.RestoreNode restore) {
      bench.act(() -> bench.backend.restoreNode(node(restore.node())));
      naive.restoreNode(node(restore.node()));
    } else if (!ids.isEmpty()) {
      takeOnJob(step);
    }
  }

  private void takeOnJob(Program.Step step) {
    if (step instanceof Program.Cancel cancel) {
      bench.act(() -> bench.backend.cancel(id(cancel.job()), "random"));
      naive.cancel(job(cancel.job()));
    } else if (step instanceof Program.CancelElement cancel) {
      NaiveJob job = job(cancel.job());
      Element element = job.elements.get(cancel.element() % job.elements.size());
      bench.act(() -> bench.backend.cancel(id(element), "random"));
      naive.cancel(element);
    } else if (step instanceof Program.Hold hold) {
      if (hold.held()) {
        bench.act(() -> bench.backend.hold(id(hold.job())));
      } else {
        bench.act(() -> bench.backend.release(id(hold.job())));
      }
      naive.hold(job(hold.job()), hold.held());
    }
  }

  private String node(int number) {
    return program.nodes().get(number % program.nodes().size());
  }

  private NaiveJob job(int number) {
    return naive.jobs.get(number % ids.size());
  }

  private JobId id(int number) {
    return ids.get(number % ids.size());
  }

  private JobId id(Element element) {
    JobId id = ids.get(element.job().number);
    return element.job().request.isArray() ? id.element(element.index) : id;
  }

  private void submit(JobRequest request) {
    boolean accepted = naive.accepts(request);
    assertThat(bench.backend.check(request).isEmpty()).as("takes %s", request).isEqualTo(accepted);
    if (accepted) {
      ids.add(bench.submit(request.definition().toBuilder(), unused -> request.toBuilder()));
      naive.submit(request, index -> Program.seconds(request.effective(), index));
    }
  }

  private void advance(int seconds) {
    int left = seconds;
    pass(0);
    while (left > 0) {
      int next = (int) naive.nextWithin(left);
      left -= next;
      pass(next);
    }
  }

  private void pass(int seconds) {
    bench.advance(seconds);
    naive.advance(seconds);
    compare();
    rules.checkInstant();
  }

  private void compare() {
    for (NaiveJob job : naive.jobs) {
      List<JobId> elements = job.elements.stream().map(this::id).toList();
      Map<JobId, JobStatus> statuses = bench.backend.describe(elements);
      for (Element element : job.elements) {
        JobStatus status = Optional.ofNullable(statuses.get(id(element))).orElseThrow();
        assertThat(real(status))
            .as("job %s at %s s", job.number, naive.now())
            .isEqualTo(said(element));
        rules.see(id(element), job, status);
      }
    }
    naive.queues.values().stream()
        .filter(queue -> queue.policy().isFairShare())
        .forEach(this::compareShares);
  }

  /** State, start, end, nodes and reason, as far as there are any. */
  private static String said(Element element) {
    String text = element.index + " " + element.state;
    if (element.state != State.WAITING && !element.attempts.isEmpty()) {
      text += " " + element.last().start + " s on " + element.last().nodes;
    }
    return element.state == State.ENDED
        ? text + " ended " + element.ended + " s " + element.reason.orElseThrow()
        : text;
  }

  private static String real(JobStatus status) {
    JobState state = status.state();
    String text = status.id().index().orElse(0) + " ";
    text += state.isWaiting() ? State.WAITING : state.isActive() ? State.RUNNING : State.ENDED;
    if (!state.isWaiting() && status.startedAt().isPresent()) {
      text += " " + seconds(status.startedAt()) + " s on " + status.nodes();
    }
    return state.isEnded()
        ? text + " ended " + seconds(status.endedAt()) + " s " + status.reason().orElseThrow()
        : text;
  }

  static long seconds(Optional<Instant> instant) {
    return Duration.between(Bench.START, instant.orElseThrow()).toSeconds();
  }

  private void compareShares(JobQueue queue) {
    NaiveShares expected = naive.shares(queue.name());
    List<ShareStatus> shares = bench.backend.shares(queue.name());
    List<String> names = shares.stream().map(ShareStatus::name).toList();
    assertThat(names)
        .as("order of shares of %s at %s s", queue.name(), naive.now())
        .containsExactlyElementsOf(names.stream().sorted(expected.order()).toList())
        .containsAll(expected.all().stream().filter(expected::isActive).toList());
    for (ShareStatus share : shares) {
      double usage = expected.usage(share.name());
      assertThat(share.usage())
          .as("usage of %s at %s s", share, naive.now())
          .isCloseTo(usage, within(1e-6 * Math.max(1, usage)));
      assertThat(share.entitlement()).isCloseTo(expected.entitlement(share.name()), within(1e-9));
      assertThat(share)
          .as("at %s s", naive.now())
          .isEqualTo(
              new ShareStatus(
                  share.name(),
                  expected.weight(share.name()),
                  share.usage(),
                  share.entitlement(),
                  expected.cpusInUse(share.name()),
                  expected.waiting(share.name()),
                  names.indexOf(share.name()) + 1,
                  expected.isActive(share.name())));
    }
  }

  @Override
  public void close() {
    bench.close();
  }
}
