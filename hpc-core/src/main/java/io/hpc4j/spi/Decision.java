package io.hpc4j.spi;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobState;
import io.hpc4j.model.Reason;
import java.util.Objects;
import java.util.Optional;

/**
 * That some of a job is to end. A backend notes it before its scheduler is told, so that the next
 * program of the same store knows it too, though this one is killed between the two. What follows
 * from how other jobs have ended is no decision: the next program comes to the same.
 *
 * @param indices the elements; empty: all of the job, which is no array if it is no cancellation
 * @param sentence what is said of them
 */
public record Decision(IndexSet indices, Sentence sentence) {
  private static final String MARK = "end";

  /** Checks for {@code null}. */
  public Decision {
    Objects.requireNonNull(indices, "indices");
    Objects.requireNonNull(sentence, "sentence");
  }

  /** A cancellation of all of a job. */
  public static Decision ofAll(String reason) {
    return new Decision(IndexSet.empty(), Sentence.cancelled(reason));
  }

  /** Whether it is the cancellation of all of a job. */
  public boolean isOfAll() {
    return indices.isEmpty() && sentence.state() == JobState.CANCELLED;
  }

  /** Returns it as {@link Submission#accepted} takes it. */
  public Accepted note() {
    String memo = MARK + " " + sentence.state() + " " + sentence.reason() + " ";
    return new Accepted("", indices, memo + sentence.message());
  }

  /** The decision that a note is of, if it is. */
  public static Optional<Decision> of(Accepted note) {
    String[] words = note.memo().split(" ", 4);
    if (words.length < 4 || !words[0].equals(MARK)) {
      return Optional.empty();
    }
    Sentence sentence =
        new Sentence(JobState.valueOf(words[1]), Reason.valueOf(words[2]), words[3]);
    return Optional.of(new Decision(note.indices(), sentence));
  }
}
