package io.hpc4j.examples;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how much of an array has ended: a bar on a terminal, plain lines otherwise. */
interface Progress extends AutoCloseable {
  /** Tells how many elements have ended; a lower number than before changes nothing. */
  void ended(int elements);

  /** Prints something else in between. */
  void aside(Runnable printing);

  @Override
  void close();

  /** Returns the fitting kind for the standard output. */
  static Progress of(String task, int elements) {
    return isTerminal() ? new Bar(task, elements) : new Lines(task, elements);
  }

  /** From Java 22 on there may be a console without a terminal; it then says so itself. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException before22) {
      return true;
    }
  }

  /** A bar that is drawn anew in place. */
  final class Bar implements Progress {
    private final ProgressBar bar;

    Bar(String task, int elements) {
      bar =
          ProgressBar.builder()
              .setTaskName(task)
              .setInitialMax(elements)
              .setStyle(ProgressBarStyle.ASCII)
              .build();
    }

    @Override
    public synchronized void ended(int elements) {
      bar.stepTo(Math.max(elements, bar.getCurrent()));
    }

    @Override
    public synchronized void aside(Runnable printing) {
      bar.pause();
      System.out.println();
      printing.run();
      bar.resume();
    }

    @Override
    public synchronized void close() {
      bar.close();
    }
  }

  /** A line for every tenth part. */
  final class Lines implements Progress {
    private static final int PARTS = 10;
    private final String task;
    private final int all;
    private int ended;

    Lines(String task, int elements) {
      this.task = task;
      all = elements;
    }

    @Override
    public synchronized void ended(int elements) {
      int before = ended;
      ended = Math.max(ended, elements);
      if (ended * PARTS / all > before * PARTS / all) {
        System.out.println(task + ": " + ended + " of " + all + " ended");
      }
    }

    @Override
    public synchronized void aside(Runnable printing) {
      System.out.println();
      printing.run();
    }

    @Override
    public void close() {
      System.out.println();
    }
  }
}
