package io.hpc4j.local.engine;

import io.hpc4j.model.Attempt;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Memory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job's elements, by rank. Those that wait cost nothing; those that ended well
 * at the first try, on one node, cost 21 bytes; the rest of what can be known of an element is kept
 * only where it is unusual.
 */
@SuppressWarnings("EnumOrdinal") // a byte for a state, never written anywhere
final class Elements {
  static final int CHUNK = 1024;
  static final int NO_NODE = -1;
  private static final JobState[] STATES = JobState.values();
  private static final long NO_TIME = Long.MIN_VALUE;
  private static final Chunk[] NONE = {};
  private static final int[] NO_COUNTS = new int[STATES.length];

  private final int size;
  private @Nullable Chunk[] chunks = NONE; // comes with the first, as do the counts
  private int[] counts = NO_COUNTS;
  private Map<Integer, Detail> details = Map.of();
  private int untouched;
  private int next;
  private @Nullable Rest rest;

  /** How and when all that were untouched have ended. */
  private record Rest(Ending ending, Instant at) {}

  private static final class Chunk {
    private final byte[] state; // 0: untouched, else 1 + the state's ordinal
    private final int[] node;
    private final long[] start;
    private final long[] end;
    private long @Nullable [] cpuTime; // only where it was measured, as is the memory
    private long @Nullable [] peakMemory;

    Chunk(int size) {
      state = new byte[size];
      node = new int[size];
      start = new long[size];
      end = new long[size];
    }
  }

  /** What is unusual about an element. */
  static final class Detail {
    final List<Attempt> attempts = new ArrayList<>(1);
    @Nullable Ending ending;
    List<String> nodes = List.of();
    @Nullable Object result;
  }

  Elements(int size) {
    this.size = size;
    untouched = size;
  }

  int size() {
    return size;
  }

  /** How many elements have neither started nor ended. */
  int untouched() {
    return rest == null ? untouched : 0;
  }

  /** The lowest rank that has neither started nor ended, or the size if there is none. */
  int next() {
    if (rest != null) {
      return size;
    }
    while (next < size && code(next) != 0) {
      next++;
    }
    return next;
  }

  boolean isUntouched(int rank) {
    return rest == null && code(rank) == 0;
  }

  /** The state of an element; null if it is untouched. */
  @Nullable JobState state(int rank) {
    byte code = code(rank);
    if (code != 0) {
      return STATES[code - 1];
    }
    return rest == null ? null : rest.ending().state();
  }

  /** How many elements are in each state; those that are untouched are not counted. */
  Map<JobState, Integer> counts() {
    Map<JobState, Integer> all = new EnumMap<>(JobState.class);
    for (JobState state : STATES) {
      int count = count(state);
      if (count > 0) {
        all.put(state, count);
      }
    }
    return all;
  }

  int count(JobState state) {
    boolean withRest = rest != null && rest.ending().state() == state;
    return countAlone(state) + (withRest ? untouched : 0);
  }

  /** How many elements are in a state that did not come there in one stroke with the rest. */
  int countAlone(JobState state) {
    return counts[state.ordinal()];
  }

  void set(int rank, JobState state) {
    Chunk chunk = chunk(rank);
    byte before = chunk.state[rank % CHUNK];
    if (before == 0) {
      untouched--;
      chunk.node[rank % CHUNK] = NO_NODE;
      chunk.start[rank % CHUNK] = NO_TIME;
      chunk.end[rank % CHUNK] = NO_TIME;
    } else {
      counts[before - 1]--;
    }
    counts[state.ordinal()]++;
    chunk.state[rank % CHUNK] = (byte) (1 + state.ordinal());
  }

  void started(int rank, int node, Instant at) {
    Chunk chunk = chunk(rank);
    chunk.node[rank % CHUNK] = node;
    chunk.start[rank % CHUNK] = nanos(at);
    chunk.end[rank % CHUNK] = NO_TIME;
  }

  void ended(int rank, Instant at) {
    chunk(rank).end[rank % CHUNK] = nanos(at);
  }

  /** Ends all that are untouched in one stroke. */
  void endRest(Ending ending, Instant at) {
    rest = new Rest(ending, at);
  }

  /** Whether an element has started or ended by itself. */
  boolean isTouched(int rank) {
    return code(rank) != 0 || details.containsKey(rank);
  }

  /** How all that were untouched have ended. */
  @Nullable Ending rest() {
    return rest == null ? null : rest.ending();
  }

  Optional<Instant> restEndedAt() {
    return Optional.ofNullable(rest).map(Rest::at);
  }

  /** The ending of an element that ended with the rest, untouched. */
  Optional<Ending> restEnding(int rank) {
    return code(rank) == 0 ? Optional.ofNullable(rest()) : Optional.empty();
  }

  /** The number of the main node that an element last started on, or {@link #NO_NODE}. */
  int node(int rank) {
    Chunk chunk = known(rank);
    return chunk == null || chunk.state[rank % CHUNK] == 0 ? NO_NODE : chunk.node[rank % CHUNK];
  }

  Optional<Instant> startedAt(int rank) {
    Chunk chunk = known(rank);
    return chunk == null || chunk.state[rank % CHUNK] == 0
        ? Optional.empty()
        : instant(chunk.start[rank % CHUNK]);
  }

  Optional<Instant> endedAt(int rank) {
    Chunk chunk = known(rank);
    return chunk == null || chunk.state[rank % CHUNK] == 0
        ? restEndedAt()
        : instant(chunk.end[rank % CHUNK]);
  }

  /** Keeps what the only attempt of an element has used. */
  void used(int rank, Optional<Duration> cpuTime, Optional<Memory> peakMemory) {
    Chunk chunk = chunk(rank);
    cpuTime.ifPresent(
        time -> chunk.cpuTime = with(chunk.cpuTime, chunk.state.length, rank, time.toNanos()));
    peakMemory.ifPresent(
        memory ->
            chunk.peakMemory = with(chunk.peakMemory, chunk.state.length, rank, memory.bytes()));
  }

  private static long[] with(long @Nullable [] values, int size, int rank, long value) {
    long[] changed = values == null ? new long[size] : values;
    changed[rank % CHUNK] = 1 + value; // 0: not measured
    return changed;
  }

  Optional<Duration> cpuTime(int rank) {
    Chunk chunk = known(rank);
    return measured(chunk == null ? null : chunk.cpuTime, rank).map(Duration::ofNanos);
  }

  Optional<Memory> peakMemory(int rank) {
    Chunk chunk = known(rank);
    return measured(chunk == null ? null : chunk.peakMemory, rank).map(Memory::ofBytes);
  }

  private static Optional<Long> measured(long @Nullable [] values, int rank) {
    return values == null || values[rank % CHUNK] == 0
        ? Optional.empty()
        : Optional.of(values[rank % CHUNK] - 1);
  }

  /** When the last element ended, if all have. */
  Optional<Instant> lastEnd() {
    return IntStream.range(0, size)
        .mapToObj(this::endedAt)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  @Nullable Detail detail(int rank) {
    return details.get(rank);
  }

  Detail detailToChange(int rank) {
    if (details.isEmpty()) {
      details = new HashMap<>(); // mostly there is none
    }
    return details.computeIfAbsent(rank, r -> new Detail());
  }

  private byte code(int rank) {
    Chunk chunk = known(rank);
    return chunk == null ? 0 : chunk.state[rank % CHUNK];
  }

  private @Nullable Chunk known(int rank) {
    return chunks == NONE ? null : chunks[rank / CHUNK];
  }

  private Chunk chunk(int rank) {
    if (chunks == NONE) {
      chunks = new Chunk[(size + CHUNK - 1) / CHUNK];
      counts = new int[STATES.length];
    }
    Chunk chunk = chunks[rank / CHUNK];
    if (chunk == null) {
      chunk = new Chunk(Math.min(CHUNK, size - rank / CHUNK * CHUNK));
      chunks[rank / CHUNK] = chunk;
    }
    return chunk;
  }

  /** How many chunks have been made; for tests of what elements cost. */
  int chunksMade() {
    int made = 0;
    for (Chunk chunk : chunks) {
      made += chunk == null ? 0 : 1;
    }
    return made;
  }

  /** How many elements cost more than their place in a chunk; for tests of what elements cost. */
  int unusual() {
    return details.size();
  }

  private static long nanos(Instant at) {
    return Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000_000L), at.getNano());
  }

  private static Optional<Instant> instant(long nanos) {
    return nanos == NO_TIME
        ? Optional.empty()
        : Optional.of(
            Instant.ofEpochSecond(
                Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
  }
}
