package io.hpc4j.examples;

import io.hpc4j.JobClient;
import io.hpc4j.Tables;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.local.Simulated;
import io.hpc4j.model.Capacity;
import io.hpc4j.model.ComputeEnvironment;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobFilter;
import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Node;
import io.hpc4j.model.Reason;
import io.hpc4j.model.Resources;
import io.hpc4j.model.RetryPolicy;
import io.hpc4j.model.SchedulingPolicy;
import io.hpc4j.model.ShareStatus;
import io.hpc4j.time.Phase;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two groups share a cluster for ten hours, one of them entitled to three times as much as the
 * other; in the middle a node fails. Prints who got what and draws it over time. All in virtual
 * time: it takes a moment.
 */
public final class FairShareLab {
  private static final int NODES = 8;
  private static final int CPUS = 8;
  private static final Duration LENGTH = Duration.ofHours(10);
  private static final Duration FAILURE = Duration.ofHours(5);
  private static final Duration REPAIR = Duration.ofMinutes(390);
  private static final Duration STEP = Duration.ofMinutes(1);

  private final VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
  private final LocalBackend cluster;
  private final JobClient hpc;
  private final Map<String, List<Double>> cpus = new LinkedHashMap<>();
  private final Map<String, Double> cpuHours = new LinkedHashMap<>();
  private final List<Double> capacity = new ArrayList<>();

  private FairShareLab() {
    SchedulingPolicy policy =
        SchedulingPolicy.fairShare()
            .share("climate", 1)
            .share("genomics", 3)
            .decay(Duration.ofDays(1))
            .build();
    ComputeEnvironment nodes =
        ComputeEnvironment.fixed("node", NODES, Capacity.cpus(CPUS).memoryGiB(64));
    cluster =
        LocalBackend.builder()
            .time(time)
            .simulate((definition, index, attempt) -> Simulated.success(length(definition, index)))
            .queue(JobQueue.builder("lab").runsOn(nodes).policy(policy).build())
            .build();
    hpc = JobClient.on(cluster);
  }

  /** Runs it; the argument is the file for the drawing, by default below {@code target}. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "target/fair-share.svg");
    new FairShareLab().run(file);
  }

  private void run(Path file) throws IOException {
    try (hpc) {
      submit("climate", "ensemble", 4, 600);
      submit("genomics", "align", 1, 4000);
      time.schedule(FAILURE, Phase.END, () -> cluster.failNode("node-3"));
      time.schedule(REPAIR, Phase.END, () -> cluster.restoreNode("node-3"));
      for (Duration at = Duration.ZERO; at.compareTo(LENGTH) < 0; at = at.plus(STEP)) {
        time.advance(STEP);
        look();
      }
      List<ShareStatus> shares = hpc.shares("lab");
      System.out.println("After " + LENGTH.toHours() + " hours, in the form of sshare:");
      System.out.println();
      System.out.println(Tables.shares(shares).indent(2));
      System.out.println(report(shares));
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, drawing(shares));
      System.out.println("Drawn over time: " + file);
      hpc.list(JobFilter.open()).forEach(job -> cluster.cancel(job.id(), "enough"));
    }
  }

  /** More work than there is time for, so that both groups always have jobs waiting. */
  private void submit(String share, String name, int cpusEach, int jobs) {
    JobDefinition definition =
        JobDefinition.builder(name)
            .command("./" + name)
            .resources(Resources.cpus(cpusEach).memoryGiB(cpusEach))
            .timeout(Duration.ofMinutes(30))
            .retry(RetryPolicy.attempts(3).retryOn(Reason.NODE_FAILURE))
            .build();
    hpc.submit(definition, r -> r.share(share).array(jobs));
  }

  /** Climate's jobs are wide and long, those of genomics narrow and short. */
  private static Duration length(JobDefinition definition, int index) {
    return definition.name().equals("ensemble")
        ? Duration.ofMinutes(10 + index % 11)
        : Duration.ofMinutes(5 + index % 11);
  }

  private void look() {
    for (ShareStatus share : hpc.shares("lab")) {
      cpus.computeIfAbsent(share.name(), name -> new ArrayList<>()).add((double) share.cpusInUse());
      cpuHours.merge(share.name(), share.cpusInUse() * STEP.toMinutes() / 60.0, Double::sum);
    }
    capacity.add(
        hpc.nodes().stream()
            .filter(node -> node.state() != Node.State.DOWN)
            .mapToDouble(node -> node.capacity().cpus())
            .sum());
  }

  private String report(List<ShareStatus> shares) {
    double all = cpuHours.values().stream().mapToDouble(Double::doubleValue).sum();
    StringBuilder text = new StringBuilder("share       weight  entitled  cpu hours     got\n");
    for (ShareStatus share : shares) {
      double hours = cpuHours.getOrDefault(share.name(), 0.0);
      text.append(
          String.format(
              Locale.ROOT,
              "%-10s %7.1f  %6.1f %% %10.1f %5.1f %%%n",
              share.name(),
              share.weight(),
              100 * share.entitlement(),
              hours,
              100 * hours / all));
    }
    return text.toString();
  }

  private String drawing(List<ShareStatus> shares) {
    StackedAreas drawing =
        new StackedAreas(
            "Two groups on " + NODES + " nodes with " + CPUS + " cpus, weights 1 and 3",
            "cpus in use",
            "hours",
            LENGTH.toHours(),
            NODES * CPUS);
    double entitled = 0;
    for (String name : cpus.keySet()) {
      drawing.area(name, cpus.getOrDefault(name, List.of()));
      entitled +=
          shares.stream()
              .filter(share -> share.name().equals(name))
              .mapToDouble(ShareStatus::entitlement)
              .sum();
      if (entitled < 0.999) {
        double part = entitled;
        drawing.line("entitlement", capacity.stream().map(c -> part * c).toList(), true);
      }
    }
    drawing.line("in service", capacity, false);
    drawing.mark("node-3 fails", FAILURE.toMinutes() / 60.0);
    drawing.mark("repaired", REPAIR.toMinutes() / 60.0);
    return drawing.svg();
  }
}
