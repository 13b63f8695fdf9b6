package io.hpc4j.slurm;

import io.hpc4j.model.BackendOptions;
import io.hpc4j.model.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a job that only Slurm understands. Immutable; each method returns changed ones.
 *
 * <pre>{@code
 * hpc.submit(wrf, r -> r.options(SlurmOptions.create().account("climate").qos("long")));
 * }</pre>
 *
 * <p>What is wrong with them is told when the job is submitted or planned, with everything else
 * that is wrong. What is not said here is left to the cluster.
 */
public final class SlurmOptions implements BackendOptions {
  /** When Slurm sends mail; the words of {@code --mail-type}. */
  public enum Mail {
    /** When the job starts. */
    BEGIN,
    /** When it ends. */
    END,
    /** When it fails. */
    FAIL,
    /** When it is requeued. */
    REQUEUE,
    /** When its dependency can never be met. */
    INVALID_DEPEND,
    /** When it has used all of its time. */
    TIME_LIMIT,
    /** When it has used 90 percent of its time. */
    TIME_LIMIT_90,
    /** When it has used 80 percent of its time. */
    TIME_LIMIT_80,
    /** When it has used half of its time. */
    TIME_LIMIT_50,
    /** For each task of an array rather than for the array. */
    ARRAY_TASKS
  }

  static final String BACKEND = "slurm";

  private static final SlurmOptions NONE = new SlurmOptions(new Stated());
  private final Stated stated;

  private SlurmOptions(Stated stated) {
    this.stated = stated;
  }

  /** Returns options that say nothing. */
  public static SlurmOptions create() {
    return NONE;
  }

  private SlurmOptions with(Consumer<Stated> change) {
    Stated copy = new Stated(stated);
    change.accept(copy);
    return new SlurmOptions(copy);
  }

  /** Returns these with the account that is charged; it counts rather than the request's share. */
  public SlurmOptions account(String value) {
    Objects.requireNonNull(value, "account");
    return with(s -> s.account = value);
  }

  /** Returns these with a quality of service. */
  public SlurmOptions qos(String value) {
    Objects.requireNonNull(value, "qos");
    return with(s -> s.qos = value);
  }

  /**
   * Returns these with a partition, or several separated by commas of which Slurm takes the one
   * that can start the job first; it counts rather than the request's queue.
   */
  public SlurmOptions partition(String value) {
    Objects.requireNonNull(value, "partition");
    return with(s -> s.partition = value);
  }

  /** Returns these with a reservation to run in, or several separated by commas. */
  public SlurmOptions reservation(String value) {
    Objects.requireNonNull(value, "reservation");
    return with(s -> s.reservation = value);
  }

  /**
   * Returns these with this many of a licence, {@code name} or {@code name@server}, besides the
   * consumables of the job's resources.
   */
  public SlurmOptions licence(String name, int count) {
    return with(s -> s.licences = plus(s.licences, name, count));
  }

  /**
   * Returns these with an expression over the features of nodes, in the words of sbatch's {@code
   * --constraint}: {@code [rack1|rack2]}; besides the features of the job's resources.
   */
  public SlurmOptions constraint(String expression) {
    Objects.requireNonNull(expression, "expression");
    return with(s -> s.constraint = expression);
  }

  /** Returns these on whole nodes, shared with no other job. */
  public SlurmOptions exclusive() {
    return with(s -> s.exclusive = true);
  }

  /**
   * Returns these with an adjustment of the priority, higher goes later, instead of the request's.
   */
  public SlurmOptions nice(int adjustment) {
    return with(s -> s.nice = adjustment);
  }

  /** Returns these with a comment; everybody on the cluster may see it. */
  public SlurmOptions comment(String value) {
    Objects.requireNonNull(value, "comment");
    return with(s -> s.comment = value);
  }

  /** Returns these with the type of the GPUs that the job's resources ask for: {@code a100}. */
  public SlurmOptions gpuType(String value) {
    Objects.requireNonNull(value, "gpuType");
    return with(s -> s.gpuType = value);
  }

  /**
   * Returns these with this many of a generic resource on each node, {@code name} or {@code
   * name:type}. GPUs are asked for by the job's resources instead.
   */
  public SlurmOptions gres(String name, int count) {
    return with(s -> s.gres = plus(s.gres, name, count));
  }

  /** Returns these with mail to somebody on these occasions. */
  public SlurmOptions mail(String user, Mail... on) {
    Objects.requireNonNull(user, "user");
    Set<Mail> types = EnumSet.noneOf(Mail.class);
    types.addAll(List.of(on));
    return with(
        s -> {
          s.mailUser = user;
          s.mailTypes = Collections.unmodifiableSet(types);
        });
  }

  /**
   * Returns these with more arguments for sbatch, each a long option with its value, {@code
   * --switches=1@10:00}. Options that have a place here or in the request are refused.
   */
  public SlurmOptions raw(String... arguments) {
    List<String> more = Stream.concat(stated.raw.stream(), Stream.of(arguments)).toList();
    return with(s -> s.raw = List.copyOf(more));
  }

  private static Map<String, Integer> plus(Map<String, Integer> map, String name, int count) {
    Map<String, Integer> more = new TreeMap<>(map);
    more.put(Objects.requireNonNull(name, "name"), count);
    return Collections.unmodifiableMap(more);
  }

  /** Always {@code slurm}. */
  @Override
  public String backend() {
    return BACKEND;
  }

  /** The account. */
  public Optional<String> account() {
    return Optional.ofNullable(stated.account);
  }

  /** The quality of service. */
  public Optional<String> qos() {
    return Optional.ofNullable(stated.qos);
  }

  /** The partition, or several separated by commas. */
  public Optional<String> partition() {
    return Optional.ofNullable(stated.partition);
  }

  /** The reservation, or several separated by commas. */
  public Optional<String> reservation() {
    return Optional.ofNullable(stated.reservation);
  }

  /** How many of each licence, by name. */
  public Map<String, Integer> licences() {
    return stated.licences;
  }

  /** The expression over the features of nodes. */
  public Optional<String> constraint() {
    return Optional.ofNullable(stated.constraint);
  }

  /** Whether the nodes are shared with no other job; default false. */
  public boolean isExclusive() {
    return stated.exclusive;
  }

  /** The adjustment of the priority. */
  public OptionalInt nice() {
    return stated.nice == null ? OptionalInt.empty() : OptionalInt.of(stated.nice);
  }

  /** The comment. */
  public Optional<String> comment() {
    return Optional.ofNullable(stated.comment);
  }

  /** The type of the GPUs. */
  public Optional<String> gpuType() {
    return Optional.ofNullable(stated.gpuType);
  }

  /** How many of each generic resource on each node, by name. */
  public Map<String, Integer> gres() {
    return stated.gres;
  }

  /** Who gets mail. */
  public Optional<String> mailUser() {
    return Optional.ofNullable(stated.mailUser);
  }

  /** When mail is sent; empty if none is. */
  public Set<Mail> mailTypes() {
    return stated.mailTypes;
  }

  /** More arguments for sbatch, each one long option. */
  public List<String> raw() {
    return stated.raw;
  }

  /** Everything that is wrong with them; empty if nothing is. */
  List<Problem> problems() {
    return OptionProblems.of(this);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SlurmOptions other && stated.fields().equals(other.stated.fields());
  }

  @Override
  public int hashCode() {
    return stated.fields().hashCode();
  }

  /** What is said, with the names alone of what may be private: comment, mail, raw arguments. */
  @Override
  public String toString() {
    List<String> said = new ArrayList<>();
    account().ifPresent(value -> said.add("account=" + value));
    qos().ifPresent(value -> said.add("qos=" + value));
    partition().ifPresent(value -> said.add("partition=" + value));
    reservation().ifPresent(value -> said.add("reservation=" + value));
    stated.licences.forEach((name, count) -> said.add("licence " + name + "=" + count));
    constraint().ifPresent(value -> said.add("constraint=" + value));
    if (stated.exclusive) {
      said.add("exclusive");
    }
    nice().ifPresent(value -> said.add("nice=" + value));
    comment().ifPresent(value -> said.add("comment"));
    gpuType().ifPresent(value -> said.add("gpuType=" + value));
    stated.gres.forEach((name, count) -> said.add("gres " + name + "=" + count));
    mailUser().ifPresent(value -> said.add("mail"));
    stated.raw.forEach(argument -> said.add(RawArguments.name(argument)));
    return "SlurmOptions" + said;
  }

  /** What was said; changed only before the options that hold it are handed out. */
  private static final class Stated {
    private @Nullable String account;
    private @Nullable String qos;
    private @Nullable String partition;
    private @Nullable String reservation;
    private Map<String, Integer> licences = Map.of();
    private @Nullable String constraint;
    private boolean exclusive;
    private @Nullable Integer nice;
    private @Nullable String comment;
    private @Nullable String gpuType;
    private Map<String, Integer> gres = Map.of();
    private @Nullable String mailUser;
    private Set<Mail> mailTypes = Set.of();
    private List<String> raw = List.of();

    private Stated() {}

    private Stated(Stated from) {
      account = from.account;
      qos = from.qos;
      partition = from.partition;
      reservation = from.reservation;
      licences = from.licences;
      constraint = from.constraint;
      exclusive = from.exclusive;
      nice = from.nice;
      comment = from.comment;
      gpuType = from.gpuType;
      gres = from.gres;
      mailUser = from.mailUser;
      mailTypes = from.mailTypes;
      raw = from.raw;
    }

    private List<Object> fields() {
      return List.of(
          Optional.ofNullable(account),
          Optional.ofNullable(qos),
          Optional.ofNullable(partition),
          Optional.ofNullable(reservation),
          licences,
          Optional.ofNullable(constraint),
          exclusive,
          Optional.ofNullable(nice),
          Optional.ofNullable(comment),
          Optional.ofNullable(gpuType),
          gres,
          Optional.ofNullable(mailUser),
          mailTypes,
          raw);
    }
  }
}
