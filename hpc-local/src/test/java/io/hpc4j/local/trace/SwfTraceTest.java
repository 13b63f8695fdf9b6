package io.hpc4j.local.trace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpc4j.local.trace.SwfTrace.Drop;
import io.hpc4j.model.HpcException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwfTraceTest {
  private static final String LINE = "1 20 3 40 5 6.25 7.5 8 90 10.75 1 12 13 14 15 16 17 18";
  private static final String MODEL = "2 21 -1 41 4 -1 -1 -1 -1 -1 1 -1 -1 -1 0 -1 -1 -1";

  @Nested
  class Reading {
    @Test
    void each_field_has_its_name() {
      SwfJob job = read(LINE).jobs().get(0);

      assertThat(job.jobNumber()).hasValue(1);
      assertThat(job.submitTime()).hasValue(20);
      assertThat(job.waitTime()).hasValue(3);
      assertThat(job.runTime()).hasValue(40);
      assertThat(job.allocatedProcessors()).hasValue(5);
      assertThat(job.averageCpuTime()).hasValue(6.25);
      assertThat(job.usedMemory()).hasValue(7.5);
      assertThat(job.requestedProcessors()).hasValue(8);
      assertThat(job.requestedTime()).hasValue(90);
      assertThat(job.requestedMemory()).hasValue(10.75);
      assertThat(job.status()).hasValue(1);
      assertThat(job.userId()).hasValue(12);
      assertThat(job.groupId()).hasValue(13);
      assertThat(job.executableNumber()).hasValue(14);
      assertThat(job.queueNumber()).hasValue(15);
      assertThat(job.partitionNumber()).hasValue(16);
      assertThat(job.precedingJobNumber()).hasValue(17);
      assertThat(job.thinkTime()).hasValue(18);
    }

    @Test
    void minus_one_is_not_known_and_other_negative_numbers_are_kept() {
      SwfJob job = read("-1 -2 -1.0" + " -1".repeat(15)).jobs().get(0);

      assertThat(job.jobNumber()).isEmpty();
      assertThat(job.submitTime()).hasValue(-2);
      assertThat(job.waitTime()).isEmpty();
      assertThat(job.averageCpuTime()).isEmpty();
      assertThat(job).hasToString("-1 -2" + " -1".repeat(16));
    }

    @Test
    void comments_blank_lines_and_blanks_may_be_anywhere() {
      SwfTrace trace =
          read(
              "; Computer: X\r\n\r\n  \t"
                  + LINE.replace(" ", "\t  ")
                  + " \n \n ;between\n"
                  + MODEL);

      assertThat(trace).isEqualTo(new SwfTrace(List.of(" Computer: X", "between"), two()));
    }

    @Test
    void every_kind_of_line_break_ends_a_line() {
      assertThat(read(LINE + "\n" + MODEL + "\n").jobs()).isEqualTo(two());
      assertThat(read(LINE + "\r\n" + MODEL + "\r\n").jobs()).isEqualTo(two());
      assertThat(read(LINE + "\r" + MODEL + "\r").jobs()).isEqualTo(two());
    }

    @Test
    void a_whole_number_may_be_written_with_a_point() {
      SwfJob job = read(LINE.replace("20 3", "20.00 3.")).jobs().get(0);

      assertThat(job).isEqualTo(read(LINE).jobs().get(0));
    }

    @Test
    void nothing_is_a_trace_without_jobs() {
      assertThat(read("")).isEqualTo(new SwfTrace(List.of(), List.of()));
    }

    @Test
    void lines_longer_than_a_buffer_are_read_whole() {
      String long1 = "x".repeat(200_000);
      SwfTrace trace =
          read(";" + long1 + "\n" + LINE + "\n" + MODEL.replace(" ", " ".repeat(9_000)));

      assertThat(trace).isEqualTo(new SwfTrace(List.of(long1), two()));
    }

    @Test
    void comments_are_utf_8_or_else_latin_1() {
      assertThat(read(";Zürich".getBytes(UTF_8)).comments()).containsExactly("Zürich");
      assertThat(read(";Zürich".getBytes(ISO_8859_1)).comments()).containsExactly("Zürich");
    }

    @Test
    void compressed_content_is_recognised_whatever_the_name(@TempDir Path folder)
        throws IOException {
      Path compressed = Files.write(folder.resolve("trace.swf"), gzip(LINE + "\n" + MODEL));
      Path plain = Files.writeString(folder.resolve("trace.swf.gz"), LINE + "\n" + MODEL);

      assertThat(SwfTrace.read(compressed).jobs()).isEqualTo(two());
      assertThat(SwfTrace.read(plain).jobs()).isEqualTo(two());
    }

    @Test
    void headers_are_the_first_comments_with_their_label() {
      SwfTrace trace =
          read("; MaxProcs: 128 (64+64)\n;UnixStartTime:843480031\n;  MaxProcs: 5\n; Note: a: b\n");

      assertThat(trace.maxProcs()).hasValue(128);
      assertThat(trace.unixStartTime()).contains(Instant.parse("1996-09-23T12:00:31Z"));
      assertThat(trace.header("Note")).contains("a: b");
      assertThat(trace.header("Max")).isEmpty();
    }

    @Test
    void headers_that_are_no_numbers_are_absent() {
      SwfTrace trace = read("; MaxProcs: many\n; UnixStartTime: 99999999999999999999\n");

      assertThat(trace.maxProcs()).isEmpty();
      assertThat(trace.unixStartTime()).isEmpty();
      assertThat(read("").maxProcs()).isEmpty();
    }
  }

  @Nested
  class Mistakes {
    @Test
    void a_missing_field_is_named_with_its_line() {
      assertMessage(
          ";\n" + LINE + "\n" + MODEL.substring(0, MODEL.lastIndexOf(' ')) + "\n",
          "t.swf, line 3: field 18 (think time) is missing:"
              + " '2 21 -1 41 4 -1 -1 -1 -1 -1 1 -1 -1 -1 0...'");
      assertMessage("1 2", "t.swf, line 1: field 3 (wait time) is missing: '1 2'");
    }

    @Test
    void a_field_too_many_is_shown() {
      assertMessage(
          LINE + " 19 x", "t.swf, line 1: there is something behind field 18 (think time): '19 x'");
    }

    @Test
    void text_that_is_no_number_is_shown() {
      assertMessage(with("abc"), "t.swf, line 2: field 4 (run time) is not a number: 'abc'");
      assertMessage(with("1e5"), "t.swf, line 2: field 4 (run time) is not a number: '1e5'");
      assertMessage(with("+5"), "t.swf, line 2: field 4 (run time) is not a number: '+5'");
      assertMessage(with("-"), "t.swf, line 2: field 4 (run time) is not a number: '-'");
      assertMessage(with("."), "t.swf, line 2: field 4 (run time) is not a number: '.'");
      assertMessage(with("1.2.3"), "t.swf, line 2: field 4 (run time) is not a number: '1.2.3'");
      assertMessage(with("4\0"), "t.swf, line 2: field 4 (run time) is not a number: '4?'");
    }

    @Test
    void a_fraction_of_what_is_whole_is_shown() {
      assertMessage(
          with("41.5"), "t.swf, line 2: field 4 (run time) is not a whole number: '41.5'");
      assertMessage(
          with("4000000000000000.5"),
          "t.swf, line 2: field 4 (run time) is not a whole number: '4000000000000000.5'");
    }

    @Test
    void a_number_that_is_too_large_is_shown() {
      assertThat(read(with("9007199254740992")).jobs().get(1).runTime()).hasValue(1L << 53);
      assertMessage(
          with("9007199254740993"),
          "t.swf, line 2: field 4 (run time) is too large: '9007199254740993'");
      assertThatThrownBy(() -> read(with("0".repeat(1001))))
          .isInstanceOf(HpcException.class)
          .hasMessageStartingWith(
              "t.swf, line 2: field 4 (run time) has more than 1000 digits: '00");
    }

    @Test
    void compressed_data_that_end_too_early_are_said_to() {
      byte[] whole = gzip(LINE + "\n" + MODEL);

      assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 9)))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessageMatching("cannot read t.swf, line \\d: the compressed data end too early");
      assertThatThrownBy(() -> read(Arrays.copyOf(whole, 5)))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessage("cannot read t.swf: the compressed data end too early");
    }

    @Test
    void damaged_compressed_data_are_said_to_be() {
      byte[] damaged = gzip(LINE + "\n" + MODEL);
      damaged[damaged.length - 6] ^= 1; // of the checksum

      assertThatThrownBy(() -> read(damaged))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessageContaining("the compressed data are damaged (");
    }

    @Test
    void a_file_of_one_endless_line_is_refused() {
      assertThatThrownBy(() -> read(new byte[2_000_000]))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessage(
              "cannot read t.swf, line 1: a line of more than 1048576 bytes is not of a trace");
    }

    @Test
    void a_file_that_is_not_there_is_named(@TempDir Path folder) {
      Path file = folder.resolve("none.swf");

      assertThatThrownBy(() -> SwfTrace.read(file))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessage("cannot read " + file + ": there is no such file");
      assertThatThrownBy(() -> read("").write(folder))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessageStartingWith("cannot write " + folder + ": ");
    }

    /** A good line, and one with this as its run time. */
    private String with(String runTime) {
      return LINE + "\n" + MODEL.replace("41", runTime);
    }

    private void assertMessage(String text, String message) {
      assertThatThrownBy(() -> read(text))
          .isExactlyInstanceOf(HpcException.class)
          .hasMessage(message);
    }
  }

  @Nested
  class Writing {
    @Test
    void comments_come_first_and_numbers_are_as_short_as_they_can_be() {
      SwfTrace trace = read(LINE.replace("6.25", "06.250") + "\n; late\n" + MODEL);

      ByteArrayOutputStream out = new ByteArrayOutputStream();
      trace.write(out);

      assertThat(out.toString(UTF_8)).isEqualTo("; late\n" + LINE + "\n" + MODEL + "\n");
    }

    @Test
    void a_name_that_ends_with_gz_makes_a_compressed_file(@TempDir Path folder) throws IOException {
      SwfTrace trace = new SwfTrace(List.of(" Zürich"), two());
      Path compressed = folder.resolve("t.swf.gz");
      Path plain = folder.resolve("t.swf");

      trace.write(compressed);
      trace.write(plain);

      assertThat(SwfTrace.read(compressed)).isEqualTo(trace);
      assertThat(SwfTrace.read(plain)).isEqualTo(trace);
      assertThat(Files.readAllBytes(compressed)).startsWith(0x1f, 0x8b);
      assertThat(plain).content(UTF_8).startsWith("; Zürich\n1 20 ");
    }

    @Test
    void a_built_job_is_the_same_as_one_that_was_read() {
      SwfJob built =
          SwfJob.builder()
              .jobNumber(2)
              .submitTime(21)
              .runTime(41)
              .allocatedProcessors(4)
              .status(1)
              .queueNumber(0)
              .build();

      assertThat(built).isEqualTo(two().get(1)).hasSameHashCodeAs(two().get(1)).hasToString(MODEL);
      assertThat(built.toBuilder().jobNumber(3).build())
          .isNotEqualTo(built)
          .hasToString(MODEL.replaceFirst("2", "3"));
    }

    @Test
    void what_a_file_cannot_hold_is_refused() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SwfJob.builder().runTime((1L << 53) + 1))
          .withMessage("field 4 (run time) is too large: 9007199254740993");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> SwfJob.builder().usedMemory(Double.NaN));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SwfTrace(List.of("two\nlines"), List.of()));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new SwfTrace(List.of("\ud800"), List.of()));
    }
  }

  @Nested
  class Cleaning {
    @Test
    void allocated_processors_and_requested_time_come_first() {
      SwfJob both = job().allocatedProcessors(3).requestedProcessors(4).requestedTime(50).build();
      SwfJob requestOnly = job().requestedProcessors(4).build();
      SwfJob zeros = job().allocatedProcessors(0).requestedProcessors(2).requestedTime(0).build();

      SwfTrace.Cleaned cleaned = cleaned(both, requestOnly, zeros);

      assertThat(cleaned.workload().processors()).isEqualTo(4);
      assertThat(cleaned.workload().jobs())
          .containsExactly(
              new TraceJob(7, 3, 40, 50), new TraceJob(7, 4, 40, 40), new TraceJob(7, 2, 40, 40));
      assertThat(cleaned.dropped()).isEmpty();
      assertThat(cleaned.cut()).isZero();
    }

    @Test
    void a_job_is_killed_at_its_limit() {
      SwfTrace.Cleaned cleaned = cleaned(job().allocatedProcessors(1).requestedTime(30).build());

      assertThat(cleaned.workload().jobs()).containsExactly(new TraceJob(7, 1, 30, 30));
      assertThat(cleaned.cut()).isEqualTo(1);
    }

    @Test
    void what_cannot_be_scheduled_is_dropped_and_counted_once() {
      SwfTrace.Cleaned cleaned =
          cleaned(
              job().allocatedProcessors(1).runTime(0).build(),
              job().runTime(-1).build(),
              job().build(),
              job().allocatedProcessors(5).build(),
              job().allocatedProcessors(1).submitTime(-1).build(),
              job().allocatedProcessors(1).submitTime(0).build());

      assertThat(cleaned.workload().jobs()).containsExactly(new TraceJob(0, 1, 40, 40));
      assertThat(cleaned.dropped())
          .isEqualTo(
              Map.of(
                  Drop.NO_RUN_TIME, 2,
                  Drop.NO_PROCESSORS, 1,
                  Drop.TOO_MANY_PROCESSORS, 1,
                  Drop.NO_SUBMIT_TIME, 1));
    }

    private SwfJob.Builder job() {
      return SwfJob.builder().submitTime(7).runTime(40);
    }

    private SwfTrace.Cleaned cleaned(SwfJob... jobs) {
      return new SwfTrace(List.of(), List.of(jobs)).cleaned(4);
    }
  }

  private static List<SwfJob> two() {
    return read(LINE + "\n" + MODEL).jobs();
  }

  private static SwfTrace read(String text) {
    return read(text.getBytes(UTF_8));
  }

  private static SwfTrace read(byte[] bytes) {
    return SwfTrace.read(new ByteArrayInputStream(bytes), "t.swf");
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
