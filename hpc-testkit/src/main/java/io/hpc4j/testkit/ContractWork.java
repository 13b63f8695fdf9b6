package io.hpc4j.testkit;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.Work;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Work that the {@link BackendContract} gives a backend: it lasts a while and ends with an exit
 * code, in all elements and attempts or only in some; in the others it has another outcome.
 *
 * <p>The same {@link #command()} is run by {@code sh} on a real backend and read by {@link #of} in
 * the simulation of a virtual one. Immutable.
 *
 * @param outcome how long it takes and how it ends
 * @param elements the indices of the array elements that this is about; empty: all
 * @param attempts the number of attempts, from the first, that this is about
 * @param otherwise how long the others take and how they end
 */
public record ContractWork(
    Outcome outcome, Set<Integer> elements, int attempts, Outcome otherwise) {
  private static final String SCRIPT =
      "case \"$3\" in *,\"$HPC4J_ARRAY_INDEX\",*|all) ;; *) shift 4; set -- \"$@\" all 99 ;; esac; "
          + "[ \"$HPC4J_ATTEMPT\" -le \"$4\" ] || shift 4; "
          + "[ \"$1\" = 0 ] || sleep \"$1\"; exit \"$2\"";
  private static final List<String> BEGINNING = List.of("sh", "-c", SCRIPT, "contract");
  private static final int ARGUMENTS = 6;
  private static final Outcome SUCCESS = new Outcome(Duration.ZERO, 0);

  /**
   * What one attempt does.
   *
   * @param lasting how long it takes
   * @param exitCode how it ends
   */
  public record Outcome(Duration lasting, int exitCode) {
    /** Checks for {@code null}. */
    public Outcome {
      Objects.requireNonNull(lasting, "lasting");
    }

    private Stream<String> arguments() {
      String seconds =
          lasting.isZero()
              ? "0"
              : BigDecimal.valueOf(lasting.toNanos(), 9).stripTrailingZeros().toPlainString();
      return Stream.of(seconds, String.valueOf(exitCode));
    }

    private static Outcome read(String seconds, String exitCode) {
      long nanos = new BigDecimal(seconds).movePointRight(9).longValueExact();
      return new Outcome(Duration.ofNanos(nanos), Integer.parseInt(exitCode));
    }
  }

  /** Copies the elements. */
  public ContractWork {
    Objects.requireNonNull(outcome, "outcome");
    elements = Set.copyOf(elements);
    Objects.requireNonNull(otherwise, "otherwise");
  }

  /** Returns work that succeeds at once. */
  public static ContractWork quick() {
    return lasting(Duration.ZERO);
  }

  /** Returns work that succeeds after this long. */
  public static ContractWork lasting(Duration duration) {
    return new ContractWork(new Outcome(duration, 0), Set.of(), Integer.MAX_VALUE, SUCCESS);
  }

  /** Returns work that does not end by itself within any test. */
  public static ContractWork endless() {
    return lasting(Duration.ofDays(3650));
  }

  /** Returns this with an exit code. */
  public ContractWork exit(int code) {
    return new ContractWork(new Outcome(outcome.lasting(), code), elements, attempts, otherwise);
  }

  /** Returns this for some elements only. */
  public ContractWork inElements(int... indices) {
    Set<Integer> some = IntStream.of(indices).boxed().collect(Collectors.toSet());
    return new ContractWork(outcome, some, attempts, otherwise);
  }

  /** Returns this for the first attempts only. */
  public ContractWork inAttempts(int first) {
    return new ContractWork(outcome, elements, first, otherwise);
  }

  /** Returns this with an outcome for the others; default: they succeed at once. */
  public ContractWork otherwise(ContractWork others) {
    return new ContractWork(outcome, elements, attempts, others.outcome);
  }

  /**
   * Returns what one attempt does.
   *
   * @param index the element's index; of no meaning when this is about all elements
   * @param attempt the attempt, from 1
   */
  public Outcome in(int index, int attempt) {
    boolean about = (elements.isEmpty() || elements.contains(index)) && attempt <= attempts;
    return about ? outcome : otherwise;
  }

  /** The command that does it. */
  public String[] command() {
    String about =
        elements.isEmpty()
            ? "all"
            : new TreeSet<>(elements)
                .stream().map(String::valueOf).collect(Collectors.joining(",", ",", ","));
    return Stream.of(
            BEGINNING.stream(),
            outcome.arguments(),
            Stream.of(about, String.valueOf(attempts)),
            otherwise.arguments())
        .flatMap(arguments -> arguments)
        .toArray(String[]::new);
  }

  /** Reads what a definition does. A script succeeds at once; empty for any other work. */
  public static Optional<ContractWork> of(JobDefinition definition) {
    Work work = definition.work().orElse(null);
    if (work instanceof Work.Script) {
      return Optional.of(quick());
    }
    if (!(work instanceof Work.Command command)
        || command.arguments().size() != BEGINNING.size() + ARGUMENTS
        || !command.arguments().subList(0, BEGINNING.size()).equals(BEGINNING)) {
      return Optional.empty();
    }
    List<String> told = command.arguments();
    return Optional.of(read(told.subList(BEGINNING.size(), told.size())));
  }

  private static ContractWork read(List<String> told) {
    Set<Integer> elements =
        Arrays.stream(told.get(2).replace("all", "").split(",", -1))
            .filter(index -> !index.isEmpty())
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
    return new ContractWork(
        Outcome.read(told.get(0), told.get(1)),
        elements,
        Integer.parseInt(told.get(3)),
        Outcome.read(told.get(4), told.get(5)));
  }
}
