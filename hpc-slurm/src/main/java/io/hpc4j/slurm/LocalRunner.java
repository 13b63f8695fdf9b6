package io.hpc4j.slurm;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs commands as processes of this machine. Thread-safe. */
final class LocalRunner implements CommandRunner {
  private static final Logger LOG = LoggerFactory.getLogger(LocalRunner.class);

  /** The bytes that a pipe takes at once or not at all: POSIX's PIPE_BUF, as it is on Linux. */
  private static final int PIPE_BUF = 4096;

  /** What a job or a user's settings for Slurm's commands leave in an environment. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(SLURM|SLURMD|SBATCH|SALLOC|SRUN|S(QUEUE|ACCT|INFO|CANCEL|SHARE|PRIO|CONTROL))_.*");

  private static final List<String> BASE =
      List.of("PATH", "HOME", "USER", "SHELL", "LANG", "TMPDIR", "SLURM_CONF");
  private static final Executor READERS =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "hpc4j-slurm-reader");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public CommandResult run(
      List<String> command, Map<String, String> environment, String input, Duration limit)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> variables = builder.environment();
    variables.keySet().removeIf(n -> !BASE.contains(n) && !environment.containsKey(n));
    environment.forEach(
        (name, value) -> {
          if (!value.equals(variables.get(name))) { // else its bytes stay, whatever the locale
            variables.put(name, value);
          }
        });
    Process process = start(builder, input);
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      CompletableFuture<String> errors =
          CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), READERS);
      CompletableFuture<String> output =
          CompletableFuture.supplyAsync(() -> read(process.getInputStream()), READERS);
      String out = output.get(deadline - System.nanoTime(), NANOSECONDS);
      String err = errors.get(deadline - System.nanoTime(), NANOSECONDS);
      if (!process.waitFor(deadline - System.nanoTime(), NANOSECONDS)) {
        throw new TimeoutException();
      }
      return new CommandResult(process.exitValue(), out, err);
    } catch (TimeoutException e) {
      throw new IOException(command.get(0) + " did not end within " + limit, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while " + command.get(0) + " ran");
      interrupted.initCause(e);
      throw interrupted;
    } catch (ExecutionException e) {
      throw new IOException("cannot read what " + command.get(0) + " writes", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whether a variable is not to be passed on to a job. */
  static boolean isForeign(String variable) {
    return FOREIGN.matcher(variable).matches();
  }

  /**
   * Starts a command. An sbatch that outlives this program must not take for the whole script what
   * it had been given of it: what a pipe takes at once is there whole or not at all, and more than
   * that is read from a file.
   */
  private static Process start(ProcessBuilder builder, String input) throws IOException {
    if (input.isEmpty()) {
      return builder.redirectInput(new File("/dev/null")).start();
    }
    byte[] bytes = input.getBytes(StandardCharsets.UTF_8);
    return bytes.length <= PIPE_BUF ? startWithPipe(builder, bytes) : startWithFile(builder, bytes);
  }

  private static Process startWithPipe(ProcessBuilder builder, byte[] input) throws IOException {
    Process process = builder.start();
    try (OutputStream pipe = process.getOutputStream()) {
      pipe.write(input);
    } catch (IOException e) {
      LOG.debug("{} did not read its input", builder.command().get(0), e); // its exit says why
    }
    return process;
  }

  private static Process startWithFile(ProcessBuilder builder, byte[] input) throws IOException {
    Path file = write(input, builder.command().get(0));
    try {
      return builder.redirectInput(file.toFile()).start();
    } finally {
      Files.deleteIfExists(file); // the command has it open
    }
  }

  private static Path write(byte[] input, String program) throws IOException {
    try {
      Path file = Files.createTempFile("hpc4j-", ".input"); // nobody else may read it
      return Files.write(file, input);
    } catch (IOException e) {
      throw new IOException("Cannot run program \"" + program + "\": no place for its input", e);
    }
  }

  private static String read(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "commands of this machine";
  }
}
