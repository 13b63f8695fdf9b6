package io.hpc4j.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hpc4j.model.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  private final List<String> read = new ArrayList<>();

  private Journal open() {
    read.clear();
    return Journal.open(
        folder, record -> read.add(StandardCharsets.UTF_8.decode(record).toString()));
  }

  private static void append(Journal journal, String... records) {
    for (String record : records) {
      journal.append(record.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Three groups: a, b; c; d, e. Returns the bytes of the file without space set aside. */
  private byte[] threeGroups() throws IOException {
    try (Journal journal = open()) {
      append(journal, "a-first", "b-second");
      journal.commit();
      append(journal, "c-third");
      journal.commit();
      append(journal, "d-fourth", "e-fifth");
    }
    return Files.readAllBytes(journalFile());
  }

  private Path journalFile() {
    return folder.resolve("journal");
  }

  private void assertRefused(StoreException.Kind kind, byte[] content) throws IOException {
    Files.write(journalFile(), content);

    assertThatExceptionOfType(StoreException.class)
        .isThrownBy(this::open)
        .withMessageContaining(journalFile().toString())
        .matches(e -> e.kind() == kind, "kind " + kind);
    assertThat(Files.readAllBytes(journalFile())).isEqualTo(content);
  }

  @Test
  void what_was_committed_is_read_again_in_order() throws IOException {
    threeGroups();

    try (Journal journal = open()) {
      assertThat(read).containsExactly("a-first", "b-second", "c-third", "d-fourth", "e-fifth");
      assertThat(journal.records()).isEqualTo(5);
      append(journal, "f");
    }

    open().close();
    assertThat(read).hasSize(6).endsWith("f");
  }

  @Test
  void large_records_and_groups_are_kept() {
    String large = "x".repeat(3 << 20);
    try (Journal journal = open()) {
      append(journal, "small", large, "small");
      for (int i = 0; i < 50_000; i++) {
        append(journal, "record " + i);
      }
    }

    open().close();

    assertThat(read).hasSize(50_003).endsWith("record 49999");
    assertThat(read.get(1)).isEqualTo(large);
  }

  @Nested
  class AfterACrash {
    @Test
    void a_file_cut_at_any_byte_holds_the_whole_records_before_the_cut() throws IOException {
      byte[] whole = threeGroups();
      for (int cut = 0; cut < whole.length; cut++) {
        assertPrefix(whole, cut, Arrays.copyOf(whole, cut));
      }
    }

    @Test
    void a_file_that_is_zeros_from_any_byte_on_holds_the_whole_records_before() throws IOException {
      byte[] whole = threeGroups();
      for (int cut = FileHeader.SIZE; cut < whole.length; cut++) {
        assertPrefix(whole, cut, Arrays.copyOf(Arrays.copyOf(whole, cut), whole.length + 5000));
      }
    }

    private void assertPrefix(byte[] whole, int cut, byte[] content) throws IOException {
      int[] ends = ends(whole);
      Files.write(journalFile(), content);
      int kept = (int) Arrays.stream(ends).filter(end -> end <= cut).count();

      try (Journal journal = open()) {
        assertThat(read).as("cut at %s", cut).hasSize(kept);
        append(journal, "new");
      }

      open().close();
      assertThat(read).as("cut at %s", cut).hasSize(kept + 1).endsWith("new");
    }

    private static int[] ends(byte[] whole) {
      List<Integer> ends = new ArrayList<>();
      int at = FileHeader.SIZE;
      while (at < whole.length) {
        at += Frame.HEADER + java.nio.ByteBuffer.wrap(whole).getInt(at);
        ends.add(at);
      }
      return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    @Test
    void damage_to_what_was_safe_is_refused_and_changes_nothing() throws IOException {
      byte[] whole = threeGroups();
      int lastGroup = whole.length - 2 * Frame.HEADER - "d-fourth".length() - "e-fifth".length();
      for (int at = FileHeader.SIZE; at < lastGroup; at++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 0x41;
        assertRefused(StoreException.Kind.CORRUPT, damaged);
      }
    }

    @Test
    void damage_to_the_last_group_is_its_torn_end() throws IOException {
      byte[] whole = threeGroups();
      int lastGroup = whole.length - 2 * Frame.HEADER - "d-fourth".length() - "e-fifth".length();
      for (int at = lastGroup; at < whole.length; at++) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 0x41;
        Files.write(journalFile(), damaged);

        open().close();

        assertThat(read).as("damage at %s", at).startsWith("a-first", "b-second", "c-third");
        assertThat(read).hasSizeLessThan(5);
      }
    }

    @Test
    void a_compaction_that_was_not_finished_is_forgotten() throws IOException {
      threeGroups();
      Files.writeString(folder.resolve("journal.new"), "half");

      open().close();

      assertThat(read).hasSize(5);
      assertThat(folder.resolve("journal.new")).doesNotExist();
    }
  }

  @Nested
  class Refused {
    @Test
    void another_file() throws IOException {
      assertRefused(
          StoreException.Kind.NOT_A_STORE,
          "#!/bin/sh\necho hello\n".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_newer_version() throws IOException {
      byte[] header = FileHeader.bytes();
      header[11] = 9;
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(header, 0, 12);
      java.nio.ByteBuffer.wrap(header).putInt(12, (int) crc.getValue());
      assertRefused(StoreException.Kind.NEWER_VERSION, header);
    }

    @Test
    void a_damaged_header() throws IOException {
      byte[] whole = threeGroups();
      whole[13] ^= 1;
      assertRefused(StoreException.Kind.CORRUPT, whole);
    }

    @Test
    void a_folder_that_this_program_has_open() {
      try (Journal first = open()) {
        append(first, "mine");

        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> open())
            .withMessageContaining(folder.toString())
            .matches(e -> e.kind() == StoreException.Kind.LOCKED, "locked");
      }
      open().close();
      assertThat(read).containsExactly("mine");
    }

    @Test
    void a_folder_that_another_program_has_open() throws Exception {
      Process other =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-cp",
                  System.getProperty("java.class.path")
                      + ":"
                      + System.getProperty("jdk.module.path", ""),
                  Holder.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        assertThat(other.getInputStream().read()).isEqualTo('o');

        assertThatExceptionOfType(StoreException.class)
            .isThrownBy(() -> open())
            .withMessageContaining(String.valueOf(other.pid()))
            .matches(e -> e.kind() == StoreException.Kind.LOCKED, "locked");
      } finally {
        other.destroyForcibly().waitFor();
      }
      open().close();
      assertThat(read).containsExactly("theirs");
    }

    @Test
    void a_folder_that_is_a_file() throws IOException {
      Path file = Files.writeString(folder.resolve("file"), "");

      assertThatExceptionOfType(StoreException.class)
          .isThrownBy(() -> Journal.open(file, record -> {}))
          .matches(e -> e.kind() == StoreException.Kind.IO, "input and output");
    }
  }

  @Nested
  class Compaction {
    @Test
    void replaces_the_records() {
      try (Journal journal = open()) {
        append(journal, "old 1", "old 2", "old 3");
        journal.compact(sink -> sink.append("sum".getBytes(StandardCharsets.UTF_8)));
        append(journal, "new");
        assertThat(journal.records()).isEqualTo(2);
      }

      open().close();

      assertThat(read).containsExactly("sum", "new");
    }

    @Test
    void that_fails_leaves_the_old_records() {
      try (Journal journal = open()) {
        append(journal, "old");
        assertThatIllegalStateException()
            .isThrownBy(
                () ->
                    journal.compact(
                        sink -> {
                          sink.append("half".getBytes(StandardCharsets.UTF_8));
                          throw new IllegalStateException("no");
                        }));
        append(journal, "new");
      }

      open().close();

      assertThat(read).containsExactly("old", "new");
    }
  }

  @Nested
  class WithoutSpace {
    @Test
    void nothing_is_added_and_what_is_there_stays() throws Exception {
      onSmallDisk(
          disk -> {
            Journal journal = Journal.open(disk, record -> {});
            byte[] record = new byte[10_000];
            int added = 0;
            StoreException full = null;
            while (full == null) {
              try {
                journal.append(record);
                journal.commit();
                added++;
              } catch (StoreException e) {
                full = e;
              }
            }
            assertThat(full.kind()).isEqualTo(StoreException.Kind.IO);
            assertThat(journal.reserve(100_000)).isFalse();
            journal.close();
            int[] found = {0};
            Journal.open(disk, r -> found[0]++).close();
            assertThat(found[0]).isEqualTo(added).isGreaterThan(50);
            return disk;
          });
    }

    private void onSmallDisk(UnaryOperator<Path> test) throws Exception {
      Path disk = Files.createDirectory(folder.resolve("disk"));
      boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString());
      org.junit.jupiter.api.Assumptions.assumeTrue(mounted, "mount: needs root");
      try {
        Path unused = test.apply(disk);
      } finally {
        assertThat(run("umount", disk.toString())).isTrue();
      }
    }

    private static boolean run(String... command) throws Exception {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    }
  }

  @Test
  void an_interrupted_thread_writes_all_the_same() {
    try (Journal journal = open()) {
      Thread.currentThread().interrupt();
      append(journal, "a");
      journal.commit();
      assertThat(Thread.interrupted()).isTrue();
    }

    open().close();

    assertThat(read).containsExactly("a");
  }

  @Test
  void a_closed_journal_takes_nothing() {
    Journal journal = open();
    journal.close();
    journal.close();

    assertThatIllegalStateException().isThrownBy(() -> append(journal, "late"));
  }

  @Test
  void space_is_set_aside_ahead_and_given_back() throws IOException {
    Journal journal = open();
    append(journal, "a");
    journal.commit();
    assertThat(Files.size(journalFile())).isGreaterThan(60_000);

    journal.close();

    assertThat(Files.size(journalFile())).isEqualTo(FileHeader.SIZE + Frame.HEADER + 1);
    try (RandomAccessFile file = new RandomAccessFile(journalFile().toFile(), "r")) {
      assertThat(file.length()).isEqualTo(journal.size());
    }
  }

  /** Holds a store until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws Exception {
      Journal journal = Journal.open(Path.of(arguments[0]), record -> {});
      append(journal, "theirs");
      journal.commit();
      System.out.print("o");
      System.out.flush();
      Thread.currentThread().join();
    }
  }
}
