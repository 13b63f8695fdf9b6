package io.hpc4j.slurm;

import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.TimeSource;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a backend was built with; {@link SlurmBackend.Builder} says what each is for.
 *
 * @param environment the variables of every command
 */
record Settings(
    CommandRunner runner,
    String scope,
    Path directory,
    Path records,
    PollPolicy pollPolicy,
    Map<String, String> environment,
    TimeSource time,
    boolean nice,
    boolean cancelsOnClose) {
  Settings {
    environment = Map.copyOf(environment);
  }
}
