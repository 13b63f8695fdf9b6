package io.hpc4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LogsTest {
  private static Logs.Entry entry(Logs.Source source) {
    return new Logs.Entry(1, 0, 0, Logs.Stream.STDOUT, "/logs/1.out", source);
  }

  private static Logs.Entry holding(byte[] bytes) {
    return entry(
        offset ->
            Optional.of(
                new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset)));
  }

  private static Logs.Entry holding(String text) {
    return holding(text.getBytes(StandardCharsets.UTF_8));
  }

  @Nested
  class A_log_that_does_not_exist {
    private final Logs.Entry absent = entry(offset -> Optional.empty());

    @Test
    void reads_as_absent_and_not_as_an_error() {
      assertThat(absent.read()).isEmpty();
      assertThat(absent.tail(10)).isEmpty();
      assertThat(new Logs(List.of(absent)).text()).isEmpty();
    }

    @Test
    void is_told_apart_from_one_that_is_empty() {
      assertThat(holding("").read()).contains("");
    }
  }

  @Nested
  class Tail {
    @Test
    void is_the_last_lines() {
      assertThat(holding("a\nb\nc\n").tail(2)).containsExactly("b", "c");
    }

    @Test
    void is_all_lines_where_there_are_fewer() {
      assertThat(holding("a\nb").tail(10)).containsExactly("a", "b");
    }

    @Test
    void of_no_lines_is_empty_and_of_fewer_is_refused() {
      assertThat(holding("a\nb").tail(0)).isEmpty();
      assertThatIllegalArgumentException().isThrownBy(() -> holding("a").tail(-1));
    }
  }

  @Test
  void bytes_that_are_no_text_are_replaced_and_the_rest_is_kept() {
    Logs.Entry log = holding(new byte[] {'a', (byte) 0xff, '\n', 'b'});

    assertThat(log.read()).contains("a\ufffd\nb");
    assertThat(log.tail(1)).containsExactly("b");
  }

  @Test
  void a_log_that_cannot_be_read_is_an_error_that_says_where_it_is() {
    Logs.Entry broken =
        entry(
            offset -> {
              throw new IOException("stale file handle");
            });

    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(broken::read)
        .withMessageContaining("/logs/1.out")
        .withStackTraceContaining("stale file handle");
    assertThatExceptionOfType(BackendException.class).isThrownBy(() -> broken.tail(1));
  }

  @Test
  void the_stream_is_closed_also_when_reading_fails_in_the_middle() {
    AtomicInteger closed = new AtomicInteger();
    Logs.Entry broken =
        entry(
            offset ->
                Optional.of(
                    new FilterInputStream(InputStream.nullInputStream()) {
                      @Override
                      public int read(byte[] bytes, int from, int length) throws IOException {
                        throw new IOException("disk gone");
                      }

                      @Override
                      public void close() {
                        closed.incrementAndGet();
                      }
                    }));

    assertThatExceptionOfType(BackendException.class).isThrownBy(broken::read);
    assertThatExceptionOfType(BackendException.class).isThrownBy(() -> broken.tail(1));
    assertThat(closed).hasValue(2);
  }

  @Test
  void entries_are_chosen_by_attempt_node_and_stream() {
    Logs.Source none = offset -> Optional.empty();
    Logs.Entry first = new Logs.Entry(1, 0, 0, Logs.Stream.STDOUT, "1", none);
    Logs.Entry second = new Logs.Entry(2, 0, 0, Logs.Stream.STDOUT, "2", none);
    Logs.Entry error = new Logs.Entry(2, 1, 1, Logs.Stream.STDERR, "3", none);
    Logs logs = new Logs(List.of(first, second, error));

    assertThat(logs.attempt(2).entries()).containsExactly(second, error);
    assertThat(logs.attempt(2).node(1).entries()).containsExactly(error);
    assertThat(logs.stream(Logs.Stream.STDOUT).entries()).containsExactly(first, second);
    assertThat(logs.last()).contains(error);
    assertThat(logs.attempt(3)).isEqualTo(Logs.NONE);
    assertThat(Logs.NONE.last()).isEmpty();
  }

  @Test
  void the_text_of_all_is_entry_after_entry() {
    assertThat(new Logs(List.of(holding("a\n"), holding("b\n"))).text()).isEqualTo("a\nb\n");
  }
}
