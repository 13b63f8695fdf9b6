package io.hpc4j.local.process;

import io.hpc4j.model.Logs;
import io.hpc4j.spi.OutputPattern;

/** The names of output files of tasks. Pure. */
final class OutputName {
  private OutputName() {}

  /** Returns the file name, relative or absolute, of a task's stream. */
  static String of(Execution task, Logs.Stream stream, int tasks) {
    return new OutputPattern(task.id().job(), task.request(), stream, tasks)
        .write(
            OutputPattern.Text::value,
            late ->
                switch (late) {
                  case INDEX -> String.valueOf(task.id().index().orElse(0));
                  case ATTEMPT -> String.valueOf(task.attempt());
                  case AGAIN -> task.attempt() > 1 ? ".attempt" + task.attempt() : "";
                  case TASK -> String.valueOf(task.taskIndex());
                  case NODE -> task.nodeNames().get(task.nodeIndex());
                });
  }
}
