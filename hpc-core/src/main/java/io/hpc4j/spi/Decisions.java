package io.hpc4j.spi;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What of a job is to end, and why: the first word on each element stays. Not thread-safe. */
public final class Decisions {
  private final Map<Integer, Sentence> sentences = new HashMap<>();
  private @Nullable String ofAll;

  /** Creates none. */
  public Decisions() {}

  /** Takes up one. */
  public void add(Decision decision) {
    Sentence sentence = decision.sentence();
    if (decision.isOfAll()) {
      ofAll = ofAll == null ? sentence.message() : ofAll;
    } else if (decision.indices().isEmpty()) {
      add(0, sentence);
    } else {
      decision.indices().forEach(index -> add(index, sentence));
    }
  }

  /**
   * Takes up one on an element; on the job, which is no array, with index 0.
   *
   * @return whether it is the first
   */
  public boolean add(int index, Sentence sentence) {
    return sentences.putIfAbsent(index, sentence) == null;
  }

  /** Whether nothing of it is to end. */
  public boolean isEmpty() {
    return ofAll == null && sentences.isEmpty();
  }

  /** Why all of the job was cancelled, if it was. */
  public Optional<String> ofAll() {
    return Optional.ofNullable(ofAll);
  }

  /** What is to be said of an element, or with index 0 of a job; {@code null} if nothing. */
  public @Nullable Sentence of(int index) {
    Sentence one = sentences.get(index);
    return one != null || ofAll == null ? one : Sentence.cancelled(ofAll);
  }
}
