package io.hpc4j.local.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.HpcException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class SwfProperties {
  private static final String LIKELY = ". \t\r\n-;0123456789e\0";
  private static final double LARGEST = 1L << 53;

  @Property(tries = 300)
  void what_is_written_and_read_is_equal(
      @ForAll("traces") SwfTrace trace, @ForAll boolean compressed) {
    byte[] bytes = compressed ? gzip(bytes(trace)) : bytes(trace);

    assertThat(read(bytes)).isEqualTo(trace);
  }

  @Property(tries = 1000)
  void whatever_happens_to_a_file_it_is_read_or_refused(
      @ForAll("traces") SwfTrace trace,
      @ForAll boolean compressed,
      @ForAll boolean again,
      @ForAll long seed) {
    Random random = new Random(seed);
    byte[] mutated = mutated(bytes(trace), random);
    byte[] packed = compressed ? gzip(mutated) : mutated;
    byte[] file = again ? mutated(packed, random) : packed;

    SwfTrace read;
    try {
      read = read(file);
    } catch (HpcException refused) {
      assertThat(refused).isExactlyInstanceOf(HpcException.class).hasMessageContaining("t.swf");
      return;
    }
    assertThat(read(bytes(read))).isEqualTo(read);
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    byte[] result = bytes;
    for (int changes = 1 + random.nextInt(3); changes > 0 && result.length > 0; changes--) {
      int at = random.nextInt(result.length);
      switch (random.nextInt(4)) {
        case 0 -> result = Arrays.copyOf(result, at);
        case 1 -> result = without(result, at);
        case 2 -> result[at] ^= (byte) (1 << random.nextInt(8));
        default -> result[at] = (byte) LIKELY.charAt(random.nextInt(LIKELY.length()));
      }
    }
    return result;
  }

  private static byte[] without(byte[] bytes, int at) {
    byte[] result = Arrays.copyOf(bytes, bytes.length - 1);
    System.arraycopy(bytes, at + 1, result, at, result.length - at);
    return result;
  }

  @Provide
  Arbitrary<SwfTrace> traces() {
    Arbitrary<String> comment =
        Arbitraries.strings()
            .ofMaxLength(20)
            .filter(s -> s.chars().noneMatch(c -> c == '\n' || c == '\r'))
            .filter(s -> s.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff));
    return Combinators.combine(comment.list().ofMaxSize(4), jobs().list().ofMaxSize(8))
        .as(SwfTrace::new);
  }

  private static Arbitrary<SwfJob> jobs() {
    Arbitrary<Long> whole =
        Arbitraries.frequencyOf(
            Tuple.of(2, Arbitraries.just(-1L)),
            Tuple.of(3, Arbitraries.longs().between(0, 1_000_000)),
            Tuple.of(1, Arbitraries.longs().between(-(1L << 53), 1L << 53)));
    Arbitrary<Double> decimal =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.just(-1.0)),
            Tuple.of(2, Arbitraries.doubles().between(0, 1e6).ofScale(3)),
            Tuple.of(
                1,
                Arbitraries.longs()
                    .map(Double::longBitsToDouble)
                    .map(v -> Math.abs(v) <= LARGEST ? v : 0.1)));
    return Combinators.combine(whole.list().ofSize(15), decimal.list().ofSize(3))
        .as(SwfProperties::job);
  }

  private static SwfJob job(List<Long> whole, List<Double> decimal) {
    return SwfJob.builder()
        .jobNumber(whole.get(0))
        .submitTime(whole.get(1))
        .waitTime(whole.get(2))
        .runTime(whole.get(3))
        .allocatedProcessors(whole.get(4))
        .averageCpuTime(decimal.get(0))
        .usedMemory(decimal.get(1))
        .requestedProcessors(whole.get(5))
        .requestedTime(whole.get(6))
        .requestedMemory(decimal.get(2))
        .status(whole.get(7))
        .userId(whole.get(8))
        .groupId(whole.get(9))
        .executableNumber(whole.get(10))
        .queueNumber(whole.get(11))
        .partitionNumber(whole.get(12))
        .precedingJobNumber(whole.get(13))
        .thinkTime(whole.get(14))
        .build();
  }

  private static SwfTrace read(byte[] bytes) {
    return SwfTrace.read(new ByteArrayInputStream(bytes), "t.swf");
  }

  private static byte[] bytes(SwfTrace trace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    trace.write(out);
    return out.toByteArray();
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
