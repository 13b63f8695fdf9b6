package io.hpc4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionsTest {
  private static final Sentence LATE = Sentence.failed(Reason.DEADLINE, "it was late");

  private final Decisions decisions = new Decisions();

  @Test
  void a_note_holds_all_of_a_decision() {
    for (String words : List.of("", " ", "not wanted", "end FAILED\nEXIT  'é' ")) {
      List<Decision> all =
          List.of(
              Decision.ofAll(words),
              new Decision(IndexSet.of(3, 7), Sentence.cancelled(words)),
              new Decision(IndexSet.empty(), Sentence.failed(Reason.UNSCHEDULABLE, words)));

      assertThat(all).allSatisfy(one -> assertThat(Decision.of(one.note())).contains(one));
    }
  }

  @Test
  void other_notes_are_no_decisions() {
    List<Accepted> others =
        List.of(
            Hold.note(true),
            Hold.note(false),
            new Accepted("100", IndexSet.empty(), "0 1 2147483648 1767225600"),
            new Accepted("", IndexSet.empty(), ""));

    assertThat(others).allSatisfy(note -> assertThat(Decision.of(note)).isEmpty());
  }

  @Test
  void the_first_word_stays() {
    decisions.add(new Decision(IndexSet.of(2), LATE));
    decisions.add(Decision.ofAll("not wanted"));
    decisions.add(Decision.ofAll("still not wanted"));

    assertThat(decisions.add(2, Sentence.cancelled("too late"))).isFalse();
    assertThat(decisions.of(2)).isEqualTo(LATE);
    assertThat(decisions.of(1)).isEqualTo(Sentence.cancelled("not wanted"));
    assertThat(decisions.ofAll()).contains("not wanted");
  }

  @Test
  void what_is_said_of_a_job_is_said_with_index_0() {
    assertThat(decisions.isEmpty()).isTrue();
    decisions.add(new Decision(IndexSet.empty(), LATE));

    assertThat(decisions.of(0)).isEqualTo(LATE);
    assertThat(decisions.ofAll()).isEmpty();
    assertThat(decisions.isEmpty()).isFalse();
  }

  @Test
  void a_job_is_held_as_was_noted_last() {
    Accepted other = new Accepted("100", IndexSet.empty(), "");

    assertThat(Hold.isOn(List.of(other), true)).isTrue();
    assertThat(Hold.isOn(List.of(), false)).isFalse();
    assertThat(Hold.isOn(List.of(Hold.note(true), other, Hold.note(false)), false)).isFalse();
    assertThat(Hold.isOn(List.of(Hold.note(false), Hold.note(true), other), false)).isTrue();
  }
}
