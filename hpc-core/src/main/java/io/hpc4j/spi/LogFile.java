package io.hpc4j.spi;

import io.hpc4j.model.Logs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A log that is a file of this machine; absent while the file is.
 *
 * @param path the file
 */
public record LogFile(Path path) implements Logs.Source {
  /** Checks for {@code null}. */
  public LogFile {
    Objects.requireNonNull(path, "path");
  }

  @Override
  public Optional<InputStream> open(long offset) throws IOException {
    try {
      InputStream in = Files.newInputStream(path);
      in.skipNBytes(Math.min(offset, Files.size(path)));
      return Optional.of(in);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
