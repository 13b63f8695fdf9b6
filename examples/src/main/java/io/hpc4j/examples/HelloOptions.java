package io.hpc4j.examples;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The command line of {@link HelloCluster}.
 *
 * @param help whether only the usage is wanted
 * @param backend where it runs
 * @param endpoint where AWS Batch is spoken; AWS itself if absent
 * @param queue the queue of AWS Batch
 * @param sleep how long each job sleeps
 * @param output the folder in which a folder for this run is made
 */
record HelloOptions(
    boolean help,
    Where backend,
    Optional<URI> endpoint,
    String queue,
    Duration sleep,
    Path output) {
  /** Where it runs. */
  enum Where {
    /** On a cluster that is declared on this machine. */
    LOCAL,
    /** On the Slurm cluster that this machine submits to. */
    SLURM,
    /** On AWS Batch. */
    BATCH
  }

  static final String USAGE =
      """
      usage: HelloCluster [--backend local|slurm|batch] [--endpoint URL] [--queue NAME]
                          [--sleep SECONDS] [--output FOLDER]
        --backend NAME    where it runs: local, a cluster declared on this machine, which is the
                          default; slurm, the Slurm cluster that this machine submits to; or
                          batch, AWS Batch with the credentials that the AWS SDK finds
        --endpoint URL    where AWS Batch is spoken instead, a BatchEndpoint of the test kit say
        --queue NAME      the queue of AWS Batch; default "default"
        --sleep SECONDS   how long each job sleeps, 0 to 3600; default 1
        --output FOLDER   where the folder of this run is made; default target/hello-cluster
        --help            shows this
      """;

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException naming the one that is wrong
   */
  static HelloOptions parse(String... args) {
    boolean help = false;
    Where backend = Where.LOCAL;
    Optional<URI> endpoint = Optional.empty();
    String queue = "default";
    Duration sleep = Duration.ofSeconds(1);
    Path output = Path.of("target", "hello-cluster");
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--help" -> help = true;
        case "--backend" -> backend = where(value(args, i++));
        case "--endpoint" -> endpoint = Optional.of(URI.create(value(args, i++)));
        case "--queue" -> queue = value(args, i++);
        case "--sleep" -> sleep = seconds(value(args, i++));
        case "--output" -> output = Path.of(value(args, i++));
        default -> throw new IllegalArgumentException("there is no option " + args[i]);
      }
    }
    return new HelloOptions(help, backend, endpoint, queue, sleep, output);
  }

  private static String value(String[] args, int option) {
    if (option + 1 == args.length) {
      throw new IllegalArgumentException(args[option] + " needs a value");
    }
    return args[option + 1];
  }

  private static Where where(String text) {
    return switch (text) {
      case "local" -> Where.LOCAL;
      case "slurm" -> Where.SLURM;
      case "batch" -> Where.BATCH;
      default ->
          throw new IllegalArgumentException("--backend is local, slurm or batch, not " + text);
    };
  }

  private static Duration seconds(String text) {
    if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > 3600) {
      throw new IllegalArgumentException("--sleep needs whole seconds, 0 to 3600, not " + text);
    }
    return Duration.ofSeconds(Integer.parseInt(text));
  }
}
