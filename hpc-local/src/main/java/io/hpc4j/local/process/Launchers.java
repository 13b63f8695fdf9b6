package io.hpc4j.local.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses how processes are started on this machine. */
public final class Launchers {
  /** Set to {@code processbuilder}, it keeps the helper process from being used. */
  public static final String PROPERTY = "hpc4j.launcher";

  private static final Logger LOG = LoggerFactory.getLogger(Launchers.class);

  private Launchers() {}

  /**
   * Returns the best launcher there is.
   *
   * @param grace the time between SIGTERM and SIGKILL for what a job leaves behind
   */
  public static Launcher best(Duration grace) {
    if (!"processbuilder".equals(System.getProperty(PROPERTY))) {
      Optional<HelperProgram> program = HelperProgram.find(grace, Optional.<Path>empty());
      if (program.isPresent()) {
        try {
          return new HelperLauncher(program.get());
        } catch (IOException e) {
          LOG.warn("the launcher process cannot be started; Java starts processes itself", e);
        }
      } else {
        LOG.info("no Python 3.8 or newer: processes are started by Java itself");
      }
    }
    return new ProcessLauncher(grace);
  }
}
