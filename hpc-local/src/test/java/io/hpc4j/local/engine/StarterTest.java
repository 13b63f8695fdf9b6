package io.hpc4j.local.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StarterTest {
  private final Starter starter = new Starter(1, task -> new Thread(task, "pool"));

  @AfterEach
  void close() {
    starter.close();
  }

  private CompletableFuture<Thread> execute() {
    CompletableFuture<Thread> ranOn = new CompletableFuture<>();
    starter.execute(() -> ranOn.complete(Thread.currentThread()));
    return ranOn;
  }

  @Test
  void the_first_task_runs_on_the_lent_thread_after_the_action_and_others_elsewhere() {
    List<CompletableFuture<Thread>> ran = new ArrayList<>();

    starter.lend(
        () -> {
          ran.add(execute());
          ran.add(execute());
          assertThat(ran.get(0)).isNotDone();
        });

    assertThat(ran.get(0)).isCompletedWithValue(Thread.currentThread());
    assertThat(ran.get(1).join().getName()).isEqualTo("pool");
    assertThat(execute().join().getName()).isEqualTo("pool");
  }

  /** Or a long row of attempts that cannot be started would fill the stack. */
  @Test
  void what_a_task_brings_while_it_runs_on_a_lent_thread_runs_elsewhere() {
    List<CompletableFuture<Thread>> ran =
        Stream.generate(CompletableFuture<Thread>::new).limit(2).toList();

    starter.lend(
        () ->
            starter.execute(
                () -> {
                  starter.lend(
                      () -> starter.execute(() -> ran.get(1).complete(Thread.currentThread())));
                  ran.get(0).complete(Thread.currentThread());
                }));

    assertThat(ran.get(0).join()).isSameAs(Thread.currentThread());
    assertThat(ran.get(1).join().getName()).isEqualTo("pool");
  }
}
