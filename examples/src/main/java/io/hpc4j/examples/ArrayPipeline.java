package io.hpc4j.examples;

import io.hpc4j.JobClient;
import io.hpc4j.local.LocalBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Counts the k-mers of a genome by arrays of real commands on this machine, and checks the result
 * against a direct count in Java. Ends with exit code 0 if both are equal.
 */
public final class ArrayPipeline {
  private static final int CHROMOSOMES = 24;
  private static final int PARTS = 8;
  private static final long SEED = 20261124;

  private ArrayPipeline() {}

  /** Runs it; there are no options. */
  public static void main(String[] args) throws IOException {
    if (args.length > 0) {
      System.err.println("ArrayPipeline has no options: " + String.join(" ", args));
      System.exit(2);
    }
    Path folder = RunFolder.in(Path.of("target", "array-pipeline"));
    Genome genome = Genome.synthetic(CHROMOSOMES, SEED);
    genome.write(folder.resolve("genome.fa"));
    System.out.printf(
        "%d chromosomes, %d bases: %s%n",
        CHROMOSOMES, genome.length(), folder.resolve("genome.fa"));

    run(folder);

    Path result = folder.resolve("kmers.txt");
    System.out.printf("The most frequent %d-mers of %s:%n", KmerPipeline.K, result);
    try (Stream<String> lines = Files.lines(result)) {
      lines.limit(8).forEach(line -> System.out.println("  " + line));
    }
    if (!check(read(result), genome.countKmers(KmerPipeline.K))) {
      System.exit(1);
    }
  }

  private static void run(Path folder) {
    try (JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(folder).build())) {
      KmerPipeline pipeline = KmerPipeline.submit(hpc, PARTS);
      System.out.println("split:  " + pipeline.split().await().orThrow().status().counts());
      System.out.println("count:  " + pipeline.count().await().orThrow().status().counts());
      System.out.println("merge:  " + pipeline.merge().await().orThrow().state());
    }
  }

  private static Map<String, Long> read(Path file) throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      List<String> words = List.of(line.split(" "));
      counts.put(words.get(0), Long.valueOf(words.get(1)));
    }
    return counts;
  }

  private static boolean check(Map<String, Long> result, Map<String, Long> reference) {
    boolean equal = result.equals(reference);
    System.out.printf(
        "%d different %d-mers, %d in all: the result %s the reference%n",
        result.size(),
        KmerPipeline.K,
        result.values().stream().mapToLong(Long::longValue).sum(),
        equal ? "equals" : "DIFFERS FROM");
    return equal;
  }
}
