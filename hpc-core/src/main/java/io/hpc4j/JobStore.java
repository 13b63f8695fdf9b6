package io.hpc4j;

import io.hpc4j.journal.Journal;
import io.hpc4j.journal.RecordSink;
import io.hpc4j.model.StoreException;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.spi.Accepted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's own record of what it has submitted, in a folder: each request before it is sent, each
 * native id as it arrives, and that a job has ended. Thread-safe. One program at a time can use it.
 *
 * <p>With it {@link JobClient#resume()} goes on after a crash where the earlier program was: what
 * was being sent is looked for, and what needs the client, further attempts say, is carried on. The
 * local backend has a store of its own instead, which keeps the whole queue.
 */
public final class JobStore implements AutoCloseable {
  private static final byte SUBMITTING = 1;
  private static final byte ACCEPTED = 2;
  private static final byte OVER = 3;
  private static final long SMALLEST_TO_COMPACT = 4 << 20;

  private final Path folder;
  private final Map<String, Entry> open = new LinkedHashMap<>(); // by token
  private @Nullable Journal journal;
  private long compactAt = SMALLEST_TO_COMPACT;

  /**
   * A job that has not ended, as far as the store knows.
   *
   * @param id its identity
   * @param request what was asked for
   * @param at when it was submitted
   * @param parts what the backend has accepted for it
   */
  record Entry(JobId id, JobRequest request, Instant at, List<Accepted> parts) {}

  private JobStore(Path folder) {
    this.folder = folder;
  }

  /** Returns a store in a folder, which is made when it is first used. Does no I/O. */
  public static JobStore file(Path folder) {
    return new JobStore(Objects.requireNonNull(folder, "folder"));
  }

  /**
   * The jobs that have not ended, in the order of their submission.
   *
   * @throws StoreException if the folder cannot be used
   */
  synchronized List<Entry> open() {
    Journal unused = journal();
    return List.copyOf(open.values());
  }

  private Journal journal() {
    Journal known = journal;
    if (known == null) {
      known = Journal.open(folder, this::read);
      journal = known;
    }
    return known;
  }

  // ---- what is written

  /** Notes a submission, safely, before anything is sent. */
  synchronized void submitting(JobId id, JobRequest request, Instant at) {
    Entry entry = new Entry(id, request, at, new ArrayList<>());
    Journal to = journal();
    append(to, submission(entry));
    to.commit();
    open.put(id.token(), entry);
  }

  /** Notes a native job of a submission, safely. */
  synchronized void accepted(JobId id, Accepted part) {
    Journal to = journal();
    append(to, acceptance(id.token(), part));
    to.commit();
    Entry entry = open.get(id.token());
    if (entry != null) {
      entry.parts().add(part);
    }
  }

  /** Notes that a job has ended or was never there; it is safe with what is written next. */
  synchronized void over(JobId id) {
    if (open.remove(id.token()) != null) {
      Journal to = journal();
      append(to, bytes(OVER, id.token(), out -> {}));
      if (to.size() > compactAt) {
        to.compact(this::writeAll);
        compactAt = Math.max(SMALLEST_TO_COMPACT, 2 * to.size());
      }
    }
  }

  private void writeAll(RecordSink sink) {
    for (Entry entry : open.values()) {
      append(sink, submission(entry));
      entry.parts().forEach(part -> append(sink, acceptance(entry.id().token(), part)));
    }
  }

  private static void append(RecordSink sink, byte[] record) {
    sink.append(record, 0, record.length);
  }

  private static byte[] submission(Entry entry) {
    byte[] request = JobJson.write(entry.request()).getBytes(StandardCharsets.UTF_8);
    return bytes(
        SUBMITTING,
        entry.id().token(),
        out -> {
          out.writeUTF(entry.id().backend());
          out.writeUTF(entry.id().scope());
          out.writeLong(entry.at().getEpochSecond());
          out.writeInt(entry.at().getNano());
          out.writeInt(request.length);
          out.write(request);
        });
  }

  private static byte[] acceptance(String token, Accepted part) {
    return bytes(
        ACCEPTED,
        token,
        out -> {
          byte[] indices = part.indices().toString().getBytes(StandardCharsets.UTF_8);
          out.writeUTF(part.nativeId());
          out.writeUTF(part.memo());
          out.writeInt(indices.length);
          out.write(indices);
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

  // ---- what is read

  private void read(ByteBuffer record) {
    byte[] bytes = new byte[record.remaining()];
    record.get(bytes);
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      byte kind = in.readByte();
      String token = in.readUTF();
      switch (kind) {
        case SUBMITTING -> open.put(token, entry(token, in));
        case ACCEPTED -> {
          Accepted part = part(in);
          Entry entry = open.get(token);
          if (entry != null) {
            entry.parts().add(part);
          }
        }
        case OVER -> open.remove(token);
        default -> throw new IOException("a record of kind " + kind);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StoreException(
          StoreException.Kind.CORRUPT, "the store " + folder + " holds what is no record: " + e, e);
    }
  }

  private static Entry entry(String token, DataInputStream in) throws IOException {
    JobId id = JobId.of(in.readUTF(), in.readUTF(), token);
    Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
    return new Entry(id, JobJson.readRequest(text(in)), at, new ArrayList<>());
  }

  private static Accepted part(DataInputStream in) throws IOException {
    String nativeId = in.readUTF();
    String memo = in.readUTF();
    String indices = text(in);
    return new Accepted(
        nativeId, indices.isEmpty() ? IndexSet.empty() : IndexSet.parse(indices), memo);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }

  /** Makes safe what has been written, and lets another program use the folder. Idempotent. */
  @Override
  public synchronized void close() {
    if (journal != null) {
      journal.close();
      journal = null;
    }
  }

  @Override
  public String toString() {
    return "job store " + folder;
  }
}
