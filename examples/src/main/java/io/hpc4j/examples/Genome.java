package io.hpc4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A made-up genome, the same each time: chromosomes of random bases, 41 % of them G or C as in
 * human DNA, that end like human ones in repeats of TTAGGG.
 *
 * @param chromosomes the bases of each
 */
record Genome(List<String> chromosomes) {
  private static final int LENGTH = 50_000;
  private static final String TELOMERE = "TTAGGG".repeat(400);

  static Genome synthetic(int chromosomes, long seed) {
    Random random = new Random(seed);
    List<String> all = new ArrayList<>();
    for (int c = 0; c < chromosomes; c++) {
      StringBuilder bases = new StringBuilder(LENGTH + TELOMERE.length());
      for (int i = 0; i < LENGTH; i++) {
        String pair = random.nextDouble() < 0.41 ? "GC" : "AT";
        bases.append(pair.charAt(random.nextInt(2)));
      }
      all.add(bases.append(TELOMERE).toString());
    }
    return new Genome(all);
  }

  long length() {
    return chromosomes.stream().mapToLong(String::length).sum();
  }

  /** Writes it as FASTA, each chromosome's bases in one line. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int c = 0; c < chromosomes.size(); c++) {
      lines.add(">chr" + (c + 1));
      lines.add(chromosomes.get(c));
    }
    Files.write(file, lines);
  }

  /** Counts all its k-mers, the words of length k, one after the other. */
  Map<String, Long> countKmers(int k) {
    Map<String, Long> counts = new TreeMap<>();
    for (String bases : chromosomes) {
      for (int i = 0; i + k <= bases.length(); i++) {
        counts.merge(bases.substring(i, i + k), 1L, Long::sum);
      }
    }
    return counts;
  }
}
