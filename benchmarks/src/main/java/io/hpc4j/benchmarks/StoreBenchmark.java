package io.hpc4j.benchmarks;

import io.hpc4j.journal.Journal;
import io.hpc4j.local.LocalBackend;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Work;
import io.hpc4j.spi.Submission;
import io.hpc4j.time.VirtualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds records to a store in groups that are safe one by one, against the least that a program
 * could do for that: a file that has its size already, one write and one force for each group. The
 * records are those of jobs that were submitted, started and ended; the bare file is spared their
 * frames.
 */
final class StoreBenchmark implements Suite {
  private static final List<Integer> GROUPS = List.of(1, 8, 64, 512);
  private static final int JOBS = 200;

  @Override
  public Report run(Options options) throws Exception {
    int commits = options.jobs(200, 20);
    List<byte[]> records = records();
    Table table =
        new Table("", "hpc4j, records/s", "range", "bare file, records/s", "range", "to bare file");
    List<Goal> goals = new ArrayList<>();
    for (int group : GROUPS) {
      String ours = "hpc4j, " + group + " per commit";
      String bare = "bare file, " + group + " per commit";
      Rounds rounds =
          Rounds.run(
              options.rounds(),
              List.of(
                  new Contestant(ours, () -> journal(records, commits, group)),
                  new Contestant(bare, () -> bareFile(records, commits, group))));
      double ratio = rounds.ratio(ours, bare);
      table.row(
          group + " per commit",
          Numbers.of(rounds.median(ours, Contestant.Sample::jobsPerSecond)),
          rounds.range(ours),
          Numbers.of(rounds.median(bare, Contestant.Sample::jobsPerSecond)),
          rounds.range(bare),
          Numbers.of(ratio) + "x");
      goals.add(Goal.atLeast("to a bare file, " + group + " per commit", ratio, 0.5));
    }
    return new Report(
        "Store: records of " + size(records) / records.size() + " bytes, " + commits + " commits",
        table,
        goals,
        List.of("The files lie in a file system of type " + fileSystem() + "."));
  }

  private static String fileSystem() throws IOException {
    try (Folder folder = new Folder()) {
      return Files.getFileStore(folder.path()).type();
    }
  }

  /** What the local backend writes of jobs that run to their end. */
  private static List<byte[]> records() throws Exception {
    List<byte[]> records = new ArrayList<>();
    JobDefinition definition =
        JobDefinition.builder("step")
            .work(Work.simulated(Duration.ofMinutes(1)))
            .environment("OMP_NUM_THREADS", "1")
            .build();
    try (Folder folder = new Folder()) {
      VirtualTime time = VirtualTime.startingAt("2026-01-01T00:00:00Z");
      try (LocalBackend backend = LocalBackend.builder().time(time).store(folder.path()).build()) {
        for (int i = 0; i < JOBS; i++) {
          JobId id = JobId.create(backend.name(), backend.scope());
          backend.submit(new Submission(id, JobRequest.of(definition), part -> {}));
        }
        time.advance(Duration.ofMinutes(JOBS));
      }
      Journal.open(folder.path(), record -> records.add(bytes(record))).close();
    }
    return records;
  }

  private static byte[] bytes(ByteBuffer record) {
    byte[] bytes = new byte[record.remaining()];
    record.get(bytes);
    return bytes;
  }

  private static int size(List<byte[]> records) {
    return records.stream().mapToInt(record -> record.length).sum();
  }

  private static Contestant.Sample journal(List<byte[]> records, int commits, int group)
      throws Exception {
    try (Folder folder = new Folder();
        Journal journal = Journal.open(folder.path(), record -> {})) {
      return Contestant.time(
          commits * group,
          () -> {
            for (int i = 0; i < commits * group; i++) {
              journal.append(records.get(i % records.size()));
              if ((i + 1) % group == 0) {
                journal.commit();
              }
            }
          });
    }
  }

  private static Contestant.Sample bareFile(List<byte[]> records, int commits, int group)
      throws Exception {
    try (Folder folder = new Folder();
        FileChannel channel = preallocated(folder.path(), records, commits * group)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(group * longest(records));
      return Contestant.time(
          commits * group,
          () -> {
            for (int i = 0; i < commits * group; i++) {
              buffer.put(records.get(i % records.size()));
              if ((i + 1) % group == 0) {
                write(channel, buffer.flip());
                channel.force(false);
                buffer.clear();
              }
            }
          });
    }
  }

  private static int longest(List<byte[]> records) {
    return records.stream().mapToInt(record -> record.length).max().orElseThrow();
  }

  /** A file of zeros that are on the disk, and so has nothing to do but to take the records. */
  private static FileChannel preallocated(Path folder, List<byte[]> records, int count)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("records"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
    for (long at = 0; at < (long) count * longest(records); at += zeros.capacity()) {
      write(channel, zeros.clear());
    }
    channel.force(true);
    channel.position(0);
    return channel;
  }

  private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer);
    }
  }
}
