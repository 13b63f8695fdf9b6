package io.hpc4j.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Lets contestants run in turn: in each round each runs once, and every round begins with another
 * one. A machine that is slow for a while is so for all of them, and a ratio within a round hardly
 * notices.
 */
final class Rounds {
  private final Map<String, List<Contestant.Sample>> samples = new LinkedHashMap<>();

  private Rounds() {}

  /** Runs this many rounds after one to warm up, which does not count. */
  static Rounds run(int rounds, List<Contestant> contestants) throws Exception {
    return run(1, rounds, contestants);
  }

  /** Runs so many rounds to warm up, which do not count, and then this many. */
  static Rounds run(int warmUps, int rounds, List<Contestant> contestants) throws Exception {
    Rounds all = new Rounds();
    contestants.forEach(contestant -> all.samples.put(contestant.name(), new ArrayList<>()));
    for (int round = -warmUps; round < rounds; round++) {
      for (int i = 0; i < contestants.size(); i++) {
        Contestant next = contestants.get((i + round + warmUps) % contestants.size());
        Contestant.Sample sample = next.once().call();
        if (round >= 0) {
          all.of(next.name()).add(sample);
        }
      }
    }
    return all;
  }

  boolean has(String name) {
    return samples.containsKey(name);
  }

  private List<Contestant.Sample> of(String name) {
    List<Contestant.Sample> found = samples.get(name);
    if (found == null) {
      throw new IllegalArgumentException("no contestant is called " + name);
    }
    return found;
  }

  /** The median over the rounds of a contestant's figure. */
  double median(String name, ToDoubleFunction<Contestant.Sample> figure) {
    return Numbers.median(of(name).stream().mapToDouble(figure));
  }

  /** The lowest and the highest rate. */
  String range(String name) {
    double[] rates =
        of(name).stream().mapToDouble(Contestant.Sample::jobsPerSecond).sorted().toArray();
    return Numbers.of(rates[0]) + " to " + Numbers.of(rates[rates.length - 1]);
  }

  /** How many times as fast one was as another: the median of the rounds' ratios. */
  double ratio(String one, String other) {
    List<Contestant.Sample> above = of(one);
    List<Contestant.Sample> below = of(other);
    return Numbers.median(
        IntStream.range(0, above.size())
            .mapToDouble(i -> above.get(i).jobsPerSecond() / below.get(i).jobsPerSecond()));
  }
}
