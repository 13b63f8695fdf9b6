package io.hpc4j.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A request that is wrong whatever the backend's state: the caller has to change it.
 *
 * <p>It lists every problem, and is thrown before anything has happened.
 */
public class InvalidJobException extends HpcException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // List.copyOf is serializable, and so are its elements' fields
  private final List<Problem> problems;

  /** Creates one from everything that was found; at least one problem. */
  public InvalidJobException(List<Problem> problems) {
    this("the request is not valid", problems);
  }

  /** Creates one with another first line of its message. */
  public InvalidJobException(String what, List<Problem> problems) {
    super(
        problems.stream()
            .map(Problem::toString)
            .collect(Collectors.joining("\n  ", what + "\n  ", "")));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, in the order of the request's fields. */
  public List<Problem> problems() {
    return problems;
  }
}
