package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A store does as two maps would, whenever it is closed and opened again or written anew. */
class JobStoreProperties {
  private static final JobDefinition WORK = JobDefinition.command("true");

  /** What is to be in the store. */
  private static final class Model {
    final Map<JobId, List<JobId>> needs = new LinkedHashMap<>();
    final Map<JobId, List<Accepted>> parts = new LinkedHashMap<>();
    final Map<JobId, Ended> endings = new LinkedHashMap<>();

    boolean isNeeded(JobId id) {
      return needs.values().stream().anyMatch(on -> on.contains(id));
    }

    void over(JobId id) {
      needs.remove(id);
      parts.remove(id);
      endings.keySet().removeIf(on -> !isNeeded(on));
    }
  }

  @Property(tries = 60)
  void holds_what_is_open_and_the_endings_that_open_jobs_need(@ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    Path folder = Files.createTempDirectory("hpc4j-store-");
    Model model = new Model();
    List<JobId> all = new ArrayList<>();
    JobStore store = JobStore.file(folder, 1500);
    try {
      for (int step = 0; step < 60; step++) {
        switch (random.nextInt(6)) {
          case 0, 1 -> submit(store, model, all, random);
          case 2 -> accept(store, model, random);
          case 3, 4 -> end(store, model, random);
          default -> {
            store.close();
            store = random.nextBoolean() ? store : JobStore.file(folder, 1500);
          }
        }
        check(store, model);
      }
    } finally {
      store.close();
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void submit(JobStore store, Model model, List<JobId> all, Random random) {
    JobId id = JobId.create("slurm", "default");
    JobRequest.Builder request = JobRequest.builder(WORK);
    List<JobId> needs = new ArrayList<>();
    List<Ended> ended = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0 && !all.isEmpty(); i--) {
      JobId on = all.get(random.nextInt(all.size()));
      if (!needs.contains(on)) {
        needs.add(on);
        request.after(() -> on);
        if (!model.needs.containsKey(on) && !model.endings.containsKey(on)) {
          ended.add(new Ended(on, JobState.FAILED, Map.of()));
        }
      }
    }
    store.submitting(id, request.build(), Instant.EPOCH, ended);
    all.add(id);
    model.needs.put(id, needs);
    model.parts.put(id, new ArrayList<>());
    ended.forEach(one -> model.endings.put(one.id(), one));
  }

  private static void accept(JobStore store, Model model, Random random) {
    any(model, random)
        .forEach(
            id -> {
              Accepted part =
                  new Accepted(
                      String.valueOf(random.nextInt(1000)),
                      random.nextBoolean() ? IndexSet.empty() : IndexSet.ofSize(5),
                      "memo");
              store.accepted(id, part);
              model.parts.computeIfPresent(id, (key, parts) -> with(parts, part));
            });
  }

  private static List<Accepted> with(List<Accepted> parts, Accepted more) {
    parts.add(more);
    return parts;
  }

  private static void end(JobStore store, Model model, Random random) {
    any(model, random)
        .forEach(
            id -> {
              assertThat(store.isNeeded(id)).isEqualTo(model.isNeeded(id));
              if (model.isNeeded(id)) {
                Ended ended =
                    new Ended(
                        id,
                        JobState.SUCCEEDED,
                        Map.of(JobState.SUCCEEDED, IndexSet.ofSize(1 + random.nextInt(9))));
                store.ended(ended);
                model.endings.put(id, ended);
              }
              store.over(id);
              model.over(id);
            });
  }

  private static Stream<JobId> any(Model model, Random random) {
    List<JobId> open = List.copyOf(model.needs.keySet());
    return open.isEmpty() ? Stream.empty() : Stream.of(open.get(random.nextInt(open.size())));
  }

  private static void check(JobStore store, Model model) {
    assertThat(store.open())
        .extracting(JobStore.Entry::id)
        .containsExactlyElementsOf(model.needs.keySet());
    store.open().forEach(e -> assertThat(e.parts()).isEqualTo(model.parts.get(e.id())));
    assertThat(store.endings()).containsExactlyInAnyOrderElementsOf(model.endings.values());
  }
}
