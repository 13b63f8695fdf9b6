package io.hpc4j.time;

import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Actions in the order of instant, phase and insertion: a binary heap in which each action knows
 * its place, so that one that is cancelled leaves at once. Not thread-safe.
 */
final class ActionHeap {
  private static final int NOWHERE = -1;

  private @Nullable Action[] actions = new Action[16];
  private int size;

  /** One action; it can be in one heap, once. */
  static class Action {
    final Instant when;
    final Phase phase;
    final Runnable body;
    private final long number;
    private int place = NOWHERE;

    Action(Instant when, Phase phase, long number, Runnable body) {
      this.when = when;
      this.phase = phase;
      this.number = number;
      this.body = body;
    }

    private boolean isBefore(Action other) {
      int byTime = when.compareTo(other.when);
      int order = byTime == 0 ? phase.compareTo(other.phase) : byTime;
      return order == 0 ? number < other.number : order < 0;
    }
  }

  int size() {
    return size;
  }

  void add(Action action) {
    if (size == actions.length) {
      actions = Arrays.copyOf(actions, 2 * size);
    }
    size++;
    moveUp(action, size - 1);
  }

  /** The next one; null if there is none. */
  @Nullable Action first() {
    return actions[0];
  }

  /** Takes an action out; false if it was not in. */
  boolean remove(Action action) {
    int place = action.place;
    if (place == NOWHERE) {
      return false;
    }
    size--;
    Action last = at(size);
    actions[size] = null;
    action.place = NOWHERE;
    if (last != action) {
      moveDown(last, place);
      moveUp(last, last.place);
    }
    return true;
  }

  private Action at(int place) {
    Action action = actions[place];
    if (action == null) {
      throw new AssertionError("nothing at " + place + " of " + size);
    }
    return action;
  }

  private void put(Action action, int place) {
    actions[place] = action;
    action.place = place;
  }

  private void moveUp(Action action, int from) {
    int place = from;
    while (place > 0 && action.isBefore(at((place - 1) / 2))) {
      put(at((place - 1) / 2), place);
      place = (place - 1) / 2;
    }
    put(action, place);
  }

  private void moveDown(Action action, int from) {
    int place = from;
    while (2 * place + 1 < size) {
      int left = 2 * place + 1;
      int child = left + 1 < size && at(left + 1).isBefore(at(left)) ? left + 1 : left;
      if (action.isBefore(at(child))) {
        break;
      }
      put(at(child), place);
      place = child;
    }
    put(action, place);
  }
}
