package io.hpc4j.local.process;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ForksTest {
  private static final int TIMES = 20_000;

  @Test
  void processes_that_end_at_the_same_time_are_all_asked_about() {
    Forks forks = new Forks();

    CompletableFuture<Void> other = CompletableFuture.runAsync(() -> endMany(forks, 1));

    assertThatCode(() -> endMany(forks, 2)).doesNotThrowAnyException();
    assertThatCode(other::join).doesNotThrowAnyException();
  }

  private static void endMany(Forks forks, long pid) {
    for (int i = 0; i < TIMES; i++) {
      forks.started(pid);
      boolean unused = forks.wasAlone(pid);
    }
  }
}
