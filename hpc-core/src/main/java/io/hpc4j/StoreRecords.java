package io.hpc4j;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Accepted;
import io.hpc4j.spi.Ended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;

/** The records of a {@link JobStore} as bytes. Pure. */
final class StoreRecords {
  private static final byte SUBMITTING = 1;
  private static final byte ACCEPTED = 2;
  private static final byte OVER = 3;
  private static final byte ENDED = 4;

  private StoreRecords() {}

  /** Is told what a record says. */
  interface Reader {
    void submitting(JobStore.Entry entry);

    void accepted(String token, Accepted part);

    void over(String token);

    void ended(Ended job);
  }

  static byte[] submitting(JobStore.Entry entry) {
    return bytes(
        SUBMITTING,
        entry.id().token(),
        out -> {
          Instant at = entry.at();
          out.writeUTF(entry.id().backend());
          out.writeUTF(entry.id().scope());
          out.writeLong(at.getEpochSecond());
          out.writeInt(at.getNano());
          text(out, JobJson.write(entry.request()));
        });
  }

  static byte[] accepted(String token, Accepted part) {
    return bytes(
        ACCEPTED,
        token,
        out -> {
          out.writeUTF(part.nativeId());
          out.writeUTF(part.memo());
          text(out, part.indices().toString());
        });
  }

  static byte[] over(String token) {
    return bytes(OVER, token, out -> {});
  }

  static byte[] ended(Ended job) {
    return bytes(
        ENDED,
        job.id().token(),
        out -> {
          out.writeUTF(job.id().backend());
          out.writeUTF(job.id().scope());
          out.writeUTF(job.state().name());
          out.writeInt(job.elements().size());
          for (Map.Entry<JobState, IndexSet> elements : job.elements().entrySet()) {
            out.writeUTF(elements.getKey().name());
            text(out, elements.getValue().toString());
          }
        });
  }

  private interface Content {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] bytes(byte kind, String token, Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(kind);
      out.writeUTF(token);
      content.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Text of any length. */
  private static void text(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads one.
   *
   * @throws IOException if it is none
   * @throws IllegalArgumentException if what it holds is wrong
   */
  static void read(ByteBuffer record, Reader reader) throws IOException {
    byte[] bytes = new byte[record.remaining()];
    record.get(bytes);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte kind = in.readByte();
      String token = in.readUTF();
      switch (kind) {
        case SUBMITTING -> reader.submitting(entry(token, in));
        case ACCEPTED -> {
          String nativeId = in.readUTF();
          String memo = in.readUTF();
          reader.accepted(token, new Accepted(nativeId, indices(in), memo));
        }
        case OVER -> reader.over(token);
        case ENDED -> reader.ended(ended(token, in));
        default -> throw new IOException("a record of kind " + kind);
      }
    }
  }

  private static JobStore.Entry entry(String token, DataInputStream in) throws IOException {
    JobId id = JobId.of(in.readUTF(), in.readUTF(), token);
    Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
    return new JobStore.Entry(id, JobJson.readRequest(text(in)), at, new ArrayList<>());
  }

  private static Ended ended(String token, DataInputStream in) throws IOException {
    JobId id = JobId.of(in.readUTF(), in.readUTF(), token);
    JobState state = JobState.valueOf(in.readUTF());
    Map<JobState, IndexSet> elements = new EnumMap<>(JobState.class);
    for (int more = in.readInt(); more > 0; more--) {
      elements.put(JobState.valueOf(in.readUTF()), indices(in));
    }
    return new Ended(id, state, elements);
  }

  private static IndexSet indices(DataInputStream in) throws IOException {
    String text = text(in);
    return text.isEmpty() ? IndexSet.empty() : IndexSet.parse(text);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
