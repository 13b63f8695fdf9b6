package io.hpc4j.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/** Reads lists of cpus as Linux writes them. */
public final class CpuList {
  private static final String ALLOWED = "Cpus_allowed_list:";

  private CpuList() {}

  /** The cpus that this program may run on. */
  public static BitSet ofThisProgram() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1).stream()
        .filter(line -> line.startsWith(ALLOWED))
        .map(line -> parse(line.substring(ALLOWED.length()).strip()))
        .findFirst()
        .orElseGet(BitSet::new);
  }

  /** Reads a list such as {@code 0-3,8}. */
  static BitSet parse(String list) {
    BitSet cpus = new BitSet();
    for (String part : list.split(",", -1)) {
      String[] ends = part.split("-", 2);
      cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
    }
    return cpus;
  }
}
