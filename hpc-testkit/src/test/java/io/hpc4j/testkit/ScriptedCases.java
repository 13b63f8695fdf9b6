package io.hpc4j.testkit;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobEvent;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Work;
import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A client of a scripted backend in virtual time, polled from 2 s to 60 s, lost after 5 min. */
abstract class ScriptedCases {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Duration LOST_AFTER = Duration.ofMinutes(5);

  final VirtualTime time = VirtualTime.startingAt(START);
  final LocalBackend inner =
      LocalBackend.builder()
          .time(time)
          .queue(
              JobQueue.builder("q")
                  .runsOn(ComputeEnvironment.fixed("n", 10, Capacity.cpus(100).memoryGiB(1000)))
                  .build())
          .build();
  final ScriptedBackend backend =
      ScriptedBackend.over(inner)
          .pollPolicy(new PollPolicy(Duration.ofSeconds(2), Duration.ofSeconds(60), LOST_AFTER));
  final Faults faults = backend.faults();
  final JobClient hpc = JobClient.on(backend);
  final List<JobEvent> events = new ArrayList<>();

  @AfterEach
  void close() {
    hpc.close();
  }

  static JobDefinition sleep(Duration duration) {
    return JobDefinition.builder("sleep").work(Work.simulated(duration)).build();
  }

  /** Submits a job whose events are kept. */
  Job submit(Duration duration) {
    return hpc.submit(sleep(duration)).onEvent(events::add);
  }

  <E extends JobEvent> List<E> events(Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The states that the events told, one after the other. */
  List<JobState> states() {
    return events(JobEvent.StateChanged.class).stream().map(e -> e.status().state()).toList();
  }

  void pass(Duration duration) {
    time.advance(duration);
  }

  void seconds(long seconds) {
    pass(Duration.ofSeconds(seconds));
  }

  void minutes(long minutes) {
    pass(Duration.ofMinutes(minutes));
  }
}
