package io.hpc4j.slurm.query;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Why one of Slurm's commands failed, with Slurm's own words.
 *
 * @param kind what to do about it
 * @param message what the command printed, without its name in front, printable and shortened
 */
public record SlurmError(Kind kind, String message) {
  /** What to do about a failed command. */
  public enum Kind {
    /** It did nothing and may do better later. */
    TRANSIENT,
    /** A limit of the user or the cluster is reached; it did nothing and may once jobs have ended. */
    BUSY,
    /** Refused; the same would be refused again. */
    REFUSED,
    /** It is not allowed to this user. */
    DENIED,
    /** There is no such job. */
    NOT_FOUND,
    /** The job has ended or is about to. */
    ENDED,
    /** What it would have asked is not in use at this site: accounting, fair share. */
    ABSENT,
    /** It may have had its effect: look before doing it again. */
    OUTCOME_UNKNOWN
  }

  private static final Map<Kind, List<String>> WORDS = Map.of();

  /**
   * Classifies a command that did not end with exit status 0.
   *
   * @param command the command's name
   * @param exitStatus its exit status
   * @param stderr what it printed
   */
  public static SlurmError of(String command, int exitStatus, String stderr) {
    throw new UnsupportedOperationException();
  }
}
