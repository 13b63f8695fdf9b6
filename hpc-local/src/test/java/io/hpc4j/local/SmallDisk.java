package io.hpc4j.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of 2 MiB that a test can fill. Needs root. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one at a new folder; gives up the test where that is not allowed. */
  static SmallDisk at(Path folder) throws IOException {
    Files.createDirectories(folder);
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.toString()))
        .as("mount: needs root")
        .isTrue();
    return new SmallDisk(folder);
  }

  Path folder() {
    return folder;
  }

  /** Fills it to the last byte; returns the file that does. */
  Path fill() throws IOException {
    Path filler = folder.resolve("filler");
    try (var out = Files.newOutputStream(filler)) {
      byte[] page = new byte[4096];
      while (true) {
        out.write(page);
      }
    } catch (IOException e) {
      return filler; // the disk is full
    }
  }

  /** Lets nobody write to it any more. */
  void makeReadOnly() throws IOException {
    assertThat(run("mount", "-o", "remount,ro", folder.toString())).isTrue();
  }

  @Override
  public void close() throws IOException {
    assertThat(run("umount", folder.toString())).isTrue();
  }

  private static boolean run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.onExit().join().exitValue() == 0;
  }
}
