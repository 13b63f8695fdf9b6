package io.hpc4j.local.process;

import io.hpc4j.model.Problem;
import io.hpc4j.model.UnsupportedFeatureException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how processes are started on this machine. */
public final class Launchers {
  /** Set to {@code processbuilder}, it keeps the helper process from being used. */
  public static final String PROPERTY = "hpc4j.launcher";

  private static final String NEEDS = "needs Linux and Python 3.8 or newer on this machine";
  private static final Logger LOG = LoggerFactory.getLogger(Launchers.class);

  private Launchers() {}

  /**
   * Returns the best launcher there is.
   *
   * @param grace the time between SIGTERM and SIGKILL for what a job leaves behind
   * @param statusFolder where each wait status is written, so that processes can outlive this
   *     program; absent: they end with it
   * @param litter a folder of files that is removed when this program is gone
   * @param cgroups whether processes are held to their memory where this program may make cgroups
   * @param binds whether processes are to be bound to cpus
   * @throws UnsupportedFeatureException if processes are to outlive this program, or to be bound,
   *     and cannot
   */
  public static Launcher best(
      Duration grace,
      Optional<Path> statusFolder,
      Optional<Path> litter,
      boolean cgroups,
      boolean binds) {
    if (!"processbuilder".equals(System.getProperty(PROPERTY))) {
      Optional<HelperProgram> program = HelperProgram.find(grace, statusFolder, litter, cgroups);
      if (program.isPresent()) {
        try {
          return new HelperLauncher(program.get(), statusFolder.isPresent());
        } catch (IOException e) {
          LOG.warn("the launcher process cannot be started; Java starts processes itself", e);
        }
      } else {
        LOG.info("no Python 3.8 or newer: processes are started by Java itself");
      }
    }
    List<Problem> problems = new ArrayList<>();
    statusFolder.ifPresent(folder -> problems.add(Problem.of("onClientDeath", "KEEP", NEEDS)));
    if (binds) {
      problems.add(Problem.of("bindCpus", "true", NEEDS));
    }
    if (!problems.isEmpty()) {
      throw new UnsupportedFeatureException("local", problems);
    }
    return new ProcessLauncher(grace);
  }
}
