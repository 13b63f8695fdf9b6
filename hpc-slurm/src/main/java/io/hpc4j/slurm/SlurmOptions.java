package io.hpc4j.slurm;

import io.hpc4j.model.BackendOptions;
import io.hpc4j.model.Problem;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Settings of a job that only Slurm understands. Immutable. */
public final class SlurmOptions implements BackendOptions {
  /** When Slurm sends mail. */
  public enum Mail {
    /** When the job starts. */
    BEGIN,
    /** When it ends. */
    END,
    /** When it fails. */
    FAIL,
    /** When it is requeued. */
    REQUEUE,
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

  public static SlurmOptions create() { throw new UnsupportedOperationException(); }
  public SlurmOptions account(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions qos(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions partition(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions reservation(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions licence(String name, int count) { throw new UnsupportedOperationException(); }
  public SlurmOptions constraint(String expression) { throw new UnsupportedOperationException(); }
  public SlurmOptions exclusive() { throw new UnsupportedOperationException(); }
  public SlurmOptions nice(int value) { throw new UnsupportedOperationException(); }
  public SlurmOptions comment(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions gpuType(String value) { throw new UnsupportedOperationException(); }
  public SlurmOptions gres(String name, int count) { throw new UnsupportedOperationException(); }
  public SlurmOptions mail(String user, Mail... on) { throw new UnsupportedOperationException(); }
  public SlurmOptions raw(String... arguments) { throw new UnsupportedOperationException(); }
  public Optional<String> account() { throw new UnsupportedOperationException(); }
  public Optional<String> qos() { throw new UnsupportedOperationException(); }
  public Optional<String> partition() { throw new UnsupportedOperationException(); }
  public Optional<String> reservation() { throw new UnsupportedOperationException(); }
  public Map<String, Integer> licences() { throw new UnsupportedOperationException(); }
  public Optional<String> constraint() { throw new UnsupportedOperationException(); }
  public boolean isExclusive() { throw new UnsupportedOperationException(); }
  public OptionalInt nice() { throw new UnsupportedOperationException(); }
  public Optional<String> comment() { throw new UnsupportedOperationException(); }
  public Optional<String> gpuType() { throw new UnsupportedOperationException(); }
  public Map<String, Integer> gres() { throw new UnsupportedOperationException(); }
  public Optional<String> mailUser() { throw new UnsupportedOperationException(); }
  public Set<Mail> mailTypes() { throw new UnsupportedOperationException(); }
  public List<String> raw() { throw new UnsupportedOperationException(); }
  public List<Problem> problems() { throw new UnsupportedOperationException(); }

  @Override
  public String backend() {
    return "slurm";
  }
}
