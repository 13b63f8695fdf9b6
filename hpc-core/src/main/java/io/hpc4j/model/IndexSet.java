package io.hpc4j.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.PrimitiveIterator;
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
 * Immutable.
 */
public final class IndexSet {
  /** The largest index that can be written down. */
  public static final int MAX_INDEX = 999_999_999;

  private static final int MAX_INTERLEAVED = 10_000_000;
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
   * @throws IllegalArgumentException if the size is negative or beyond {@link #MAX_INDEX} + 1
   */
  public static IndexSet ofSize(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("a size must not be negative: " + size);
    }
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
    int[] outside = Arrays.stream(sorted).filter(i -> i < 0 || i > MAX_INDEX).distinct().toArray();
    IndexSet twice = twice(sorted);
    if (outside.length > 0 || !twice.isEmpty()) {
      throw new IllegalArgumentException(
          "indices must be different and within 0.."
              + MAX_INDEX
              + (outside.length == 0 ? "" : "; outside: " + Arrays.toString(outside))
              + (twice.isEmpty() ? "" : "; more than once: " + twice));
    }
    return ofAscending(Arrays.stream(sorted));
  }

  /** The indices that stand more than once in a sorted array, leaving out what is no index. */
  private static IndexSet twice(int[] sorted) {
    return ofAscending(
        IntStream.range(1, sorted.length)
            .filter(i -> sorted[i] == sorted[i - 1] && (i == 1 || sorted[i] != sorted[i - 2]))
            .map(i -> sorted[i])
            .filter(i -> i >= 0 && i <= MAX_INDEX));
  }

  /**
   * Returns the indices of the bits that are set.
   *
   * @throws IllegalArgumentException if one is beyond {@link #MAX_INDEX}
   */
  public static IndexSet of(BitSet bits) {
    if (bits.length() - 1 > MAX_INDEX) {
      throw new IllegalArgumentException(
          "indices must be within 0.." + MAX_INDEX + "; the largest: " + (bits.length() - 1));
    }
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

  /** Adds a run behind the others; as soon as the tail keeps step with it, all the rest at once. */
  private static void extend(List<Run> runs, Run more) {
    for (int i = 0; i < more.size(); i++) {
      extend(runs, more.at(i));
      Run tail = runs.get(runs.size() - 1);
      if (tail.step() == more.step()) {
        runs.set(runs.size() - 1, new Run(tail.first(), more.last(), more.step()));
        return;
      }
    }
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
   * Reads the text form: parts in any order, none overlapping another; steps may interleave, as in
   * {@code 0-10:2,1-11:2}, up to ten million indices in all.
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
    if (!bad.isEmpty()) {
      throw new IllegalArgumentException(
          "not a set of indices such as 0-9:2,17: '"
              + text
              + "'; wrong: "
              + String.join(", ", bad));
    }
    runs.sort(Comparator.comparingInt(Run::first));
    return isOneBehindTheOther(runs) ? ofRuns(runs) : ofInterleaved(runs);
  }

  private static boolean isOneBehindTheOther(List<Run> runs) {
    return IntStream.range(1, runs.size())
        .allMatch(i -> runs.get(i - 1).last() < runs.get(i).first());
  }

  private static IndexSet ofRuns(List<Run> ascending) {
    List<Run> joined = new ArrayList<>();
    ascending.forEach(run -> extend(joined, run));
    return new IndexSet(canonical(joined));
  }

  private static IndexSet ofInterleaved(List<Run> runs) {
    long total = runs.stream().mapToLong(Run::size).sum();
    if (total > MAX_INTERLEAVED) {
      throw new IllegalArgumentException(
          total + " indices in ranges that overlap; at most " + MAX_INTERLEAVED + " can be sorted");
    }
    return of(runs.stream().flatMapToInt(IndexSet::stream).toArray());
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

  /** The text form, which {@link #parse} reads; empty for the empty set, which it refuses. */
  @Override
  public String toString() {
    return runs.stream().map(Run::toString).collect(Collectors.joining(","));
  }
}
