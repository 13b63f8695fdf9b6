package io.hpc4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.PrimitiveIterator;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A set of array indices, kept as runs: the first million indices cost as much as the first ten.
 *
 * <p>The text form is that of Slurm's {@code --array}: {@code 0-9:2,17} is 0, 2, 4, 6, 8 and 17.
 * Equal sets have equal text. Elements have a rank, their position in ascending order from 0.
 */
public final class IndexSet {
  /** The largest index that can be written down. */
  public static final int MAX_INDEX = 999_999_999;

  private static final int MAX_EXPANDED = 10_000_000;
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9})(?::(\\d{1,9}))?)?");
  private static final IndexSet EMPTY = new IndexSet(List.of());

  private final List<Run> runs;
  private final int[] ranks; // of each run's first index
  private final int size;

  /** Ascending indices at a distance of {@code step}, from first to last, both included. */
  private record Run(int first, int last, int step) {
    int size() {
      return (last - first) / step + 1;
    }

    int at(int position) {
      return first + position * step;
    }

    boolean contains(int index) {
      return index >= first && index <= last && (index - first) % step == 0;
    }

    @Override
    public String toString() {
      return first == last ? "" + first : first + "-" + last + (step == 1 ? "" : ":" + step);
    }
  }

  private IndexSet(List<Run> runs) {
    this.runs = List.copyOf(runs);
    ranks = new int[runs.size()];
    int rank = 0;
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = rank;
      rank += runs.get(i).size();
    }
    size = rank;
  }

  /** Returns the set without any index. */
  public static IndexSet empty() {
    return EMPTY;
  }

  /**
   * Returns the indices 0 to {@code size - 1}.
   *
   * @throws IllegalArgumentException if the size is negative or beyond {@link #MAX_INDEX}
   */
  public static IndexSet ofSize(int size) {
    return size == 0 ? EMPTY : range(0, size - 1);
  }

  /**
   * Returns the indices from first to last, both included.
   *
   * @throws IllegalArgumentException unless 0 &lt;= first &lt;= last &lt;= {@link #MAX_INDEX}
   */
  public static IndexSet range(int first, int last) {
    if (first < 0 || first > last || last > MAX_INDEX) {
      throw new IllegalArgumentException(
          "not a range of indices within 0.." + MAX_INDEX + ": " + first + " to " + last);
    }
    return new IndexSet(List.of(new Run(first, last, 1)));
  }

  /**
   * Returns these indices, in any order.
   *
   * @throws IllegalArgumentException naming all that are negative, too large or there twice
   */
  public static IndexSet of(int... indices) {
    int[] sorted = indices.clone();
    Arrays.sort(sorted);
    TreeSet<Integer> bad = new TreeSet<>();
    for (int i = 0; i < sorted.length; i++) {
      boolean twice = i > 0 && sorted[i] == sorted[i - 1];
      if (twice || sorted[i] < 0 || sorted[i] > MAX_INDEX) {
        bad.add(sorted[i]);
      }
    }
    if (!bad.isEmpty()) {
      throw new IllegalArgumentException(
          "indices must be different and within 0.." + MAX_INDEX + ": " + bad);
    }
    return ofAscending(Arrays.stream(sorted));
  }

  /** Returns the indices of the bits that are set. */
  public static IndexSet of(BitSet bits) {
    return ofAscending(bits.stream());
  }

  /**
   * The longest runs of equal steps, taken greedily; two indices alone make a run only if adjacent.
   */
  private static IndexSet ofAscending(IntStream ascending) {
    List<Run> runs = new ArrayList<>();
    PrimitiveIterator.OfInt i = ascending.iterator();
    while (i.hasNext()) {
      extend(runs, i.nextInt());
    }
    return runs.isEmpty() ? EMPTY : new IndexSet(canonical(runs));
  }

  private static void extend(List<Run> runs, int index) {
    Run tail = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (tail != null && tail.first() == tail.last()) {
      runs.set(runs.size() - 1, new Run(tail.first(), index, index - tail.first()));
    } else if (tail != null && index - tail.last() == tail.step()) {
      runs.set(runs.size() - 1, new Run(tail.first(), index, tail.step()));
    } else if (tail != null && tail.size() == 2 && tail.step() > 1) {
      runs.set(runs.size() - 1, new Run(tail.first(), tail.first(), 1));
      runs.add(new Run(tail.last(), index, index - tail.last()));
    } else {
      runs.add(new Run(index, index, 1));
    }
  }

  /** Takes pairs apart that are not adjacent: {@code 3,9} rather than {@code 3-9:6}. */
  private static List<Run> canonical(List<Run> runs) {
    List<Run> canonical = new ArrayList<>();
    for (Run run : runs) {
      if (run.size() == 2 && run.step() > 1) {
        canonical.add(new Run(run.first(), run.first(), 1));
        canonical.add(new Run(run.last(), run.last(), 1));
      } else {
        canonical.add(run);
      }
    }
    return canonical;
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException naming every part that is wrong, or every index there twice
   */
  public static IndexSet parse(String text) {
    List<Run> runs = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Run run = run(part);
      if (run == null) {
        bad.add("'" + part + "'");
      } else {
        runs.add(run);
      }
    }
    long total = runs.stream().mapToLong(Run::size).sum();
    if (!bad.isEmpty() || total > MAX_EXPANDED) {
      throw new IllegalArgumentException(
          "not a set of at most "
              + MAX_EXPANDED
              + " indices such as 0-9:2,17: '"
              + text
              + "'; wrong: "
              + (bad.isEmpty() ? total + " indices" : String.join(", ", bad)));
    }
    return runs.size() == 1 && runs.get(0).step() == 1
        ? new IndexSet(runs)
        : of(runs.stream().flatMapToInt(IndexSet::stream).toArray());
  }

  private static @Nullable Run run(String part) {
    Matcher m = PART.matcher(part);
    if (!m.matches()) {
      return null;
    }
    int first = Integer.parseInt(m.group(1));
    int end = m.group(2) == null ? first : Integer.parseInt(m.group(2));
    int step = m.group(3) == null ? 1 : Integer.parseInt(m.group(3));
    return end < first || step == 0 ? null : new Run(first, end - (end - first) % step, step);
  }

  private static IntStream stream(Run run) {
    return IntStream.range(0, run.size()).map(run::at);
  }

  /** Whether there is no index. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** How many indices there are. */
  public int size() {
    return size;
  }

  /**
   * The smallest index.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public int first() {
    return stream().findFirst().orElseThrow();
  }

  /**
   * The largest index.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public int last() {
    return (isEmpty() ? OptionalInt.empty() : OptionalInt.of(indexAt(size - 1))).orElseThrow();
  }

  /** Whether it holds an index. */
  public boolean contains(int index) {
    return rankOf(index).isPresent();
  }

  /** The position of an index in ascending order; empty if it is not in the set. */
  public OptionalInt rankOf(int index) {
    int low = 0;
    int high = runs.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      Run run = runs.get(middle);
      if (index < run.first()) {
        high = middle - 1;
      } else if (index > run.last()) {
        low = middle + 1;
      } else {
        return run.contains(index)
            ? OptionalInt.of(ranks[middle] + (index - run.first()) / run.step())
            : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  /**
   * The index at a position in ascending order.
   *
   * @throws IndexOutOfBoundsException unless 0 &lt;= rank &lt; size
   */
  public int indexAt(int rank) {
    if (rank < 0 || rank >= size) {
      throw new IndexOutOfBoundsException(rank + " of " + size + " indices");
    }
    int found = Arrays.binarySearch(ranks, rank);
    int run = found >= 0 ? found : -found - 2;
    return runs.get(run).at(rank - ranks[run]);
  }

  /** The indices, ascending. */
  public IntStream stream() {
    return runs.stream().flatMapToInt(IndexSet::stream);
  }

  /** Calls an action with each index, ascending. */
  public void forEach(IntConsumer action) {
    stream().forEach(action);
  }

  /** Whether the indices are 0 to {@code size - 1}. */
  public boolean isContiguousFromZero() {
    return isEmpty() || (first() == 0 && last() == size - 1);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof IndexSet other && runs.equals(other.runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  /** The text form; {@link #parse} reads it. Empty for the empty set. */
  @Override
  public String toString() {
    return runs.stream().map(Run::toString).collect(Collectors.joining(","));
  }
}
