package io.hpc4j.model;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Names of what nodes have or are: {@code avx512}, {@code rack3}, {@code CPU_GEN:CSL}. */
final class Features {
  /** What is wrong with a name that {@link #isName} refuses. */
  static final String RULE = "must be of A-Z a-z 0-9 _ . : = - and begin with none of . : = -";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:=-]*");

  private Features() {}

  /** Whether it can stand in Slurm's {@code --constraint} without being read as an operator. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Sorted and immutable. */
  static Set<String> sorted(Collection<String> names) {
    return names.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(names));
  }
}
