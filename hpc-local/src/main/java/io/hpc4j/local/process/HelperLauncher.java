package io.hpc4j.local.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts processes by a helper process ({@code launcher.py}) that is their parent: it starts them
 * faster than Java does, knows their raw wait status and processor time, ends whatever they leave
 * behind, and ends all of them when this JVM is gone.
 *
 * <p>When the helper dies, what it had started is ended and reported as lost, and the next start
 * begins another helper.
 */
final class HelperLauncher implements Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(HelperLauncher.class);

  private final HelperProgram program;
  private final boolean keeps;
  private @Nullable Helper helper; // guarded by this
  private boolean closed; // guarded by this

  /**
   * Starts the helper.
   *
   * @param keeps whether what it starts may outlive this program
   * @throws IOException if it does not work on this machine
   */
  HelperLauncher(HelperProgram program, boolean keeps) throws IOException {
    this.program = program;
    this.keeps = keeps;
    helper = new Helper(program.start(), keeps);
  }

  @Override
  public RunningProcess start(ProcessSpec spec, ProcessListener listener) {
    try {
      return live().start(spec, listener);
    } catch (IOException e) {
      listener.ended(
          ProcessEnd.notStarted("the launcher process cannot be started: " + e.getMessage()));
      return RunningProcess.NONE;
    }
  }

  private synchronized Helper live() throws IOException {
    if (closed) {
      throw new IOException("the launcher is closed");
    }
    Helper present = helper;
    if (present == null || present.gone) {
      present = new Helper(program.start(), keeps);
      helper = present;
    }
    return present;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public synchronized boolean holdsMemory() {
    return helper != null && helper.holdsMemory;
  }

  @Override
  public void close() {
    Helper last;
    synchronized (this) {
      closed = true;
      last = helper;
    }
    if (last != null) {
      last.close();
    }
  }

  /** One helper process and what it has started. */
  private static final class Helper {
    private final Process process;
    private final boolean keeps;
    private final DataOutputStream requests;
    private final BufferedReader replies;
    private final Map<String, Child> children = new ConcurrentHashMap<>();
    private volatile boolean closing;
    private volatile boolean gone;
    private final Optional<Path> cgroups;
    private volatile boolean holdsMemory;

    /** Waits until the helper is ready: from then on it is known to whoever opens the store. */
    Helper(Process process, boolean keeps) throws IOException {
      this.process = process;
      this.keeps = keeps;
      requests = new DataOutputStream(process.getOutputStream());
      replies = new BufferedReader(new InputStreamReader(process.getInputStream(), ISO_8859_1));
      String ready = replies.readLine();
      if (ready == null || !ready.startsWith("R ")) {
        process.destroyForcibly();
        throw new IOException("the launcher process does not work: " + ready);
      }
      cgroups = Optional.of(ready.split(" ", 3)[2]).filter(s -> !s.isEmpty()).map(Path::of);
      holdsMemory = cgroups.isPresent();
      Thread reader = new Thread(this::read, "hpc4j-launcher");
      reader.setDaemon(true);
      reader.start();
    }

    RunningProcess start(ProcessSpec spec, ProcessListener listener) throws IOException {
      Child child = new Child(this, spec, listener);
      children.put(spec.name(), child);
      try {
        send(startRequest(spec));
      } catch (IOException e) {
        // the reader has seen or will see the end of the helper, and tell what becomes of this
        LOG.debug("the launcher process does not take requests", e);
      }
      if (gone && children.remove(spec.name()) != null) {
        listener.ended(ProcessEnd.lost("the launcher process died before it could be started"));
      }
      return child;
    }

    private static String startRequest(ProcessSpec spec) {
      Limits limits = spec.limits();
      List<String> tags = spec.tags();
      StringJoiner fields = new StringJoiner("\0");
      fields.add("S");
      fields.add(spec.name());
      fields.add(spec.leaveDaemons() ? "d" : "");
      fields.add(limits.group());
      fields.add(String.valueOf(limits.memory().bytes()));
      fields.add(limits.cpus().stream().map(String::valueOf).collect(Collectors.joining(",")));
      fields.add(spec.directory().toString());
      fields.add(spec.stdin().map(Object::toString).orElse("/dev/null"));
      fields.add(spec.stdout().toString());
      fields.add(spec.stderr().map(Object::toString).orElse(""));
      fields.add(String.valueOf(tags.size()));
      tags.forEach(fields::add);
      fields.add(String.valueOf(spec.command().size()));
      spec.command().forEach(fields::add);
      spec.environment().forEach((name, value) -> fields.add(name + "=" + value));
      return fields.toString();
    }

    private void send(String request) throws IOException {
      byte[] frame = request.getBytes(UTF_8);
      synchronized (requests) {
        requests.writeInt(frame.length);
        requests.write(frame);
        requests.flush();
      }
    }

    void ask(String kind, String name) {
      try {
        send(kind + "\0" + name);
      } catch (IOException e) {
        LOG.debug("the launcher process does not take requests", e);
      }
    }

    private void read() {
      try (replies) {
        for (String line = replies.readLine(); line != null; line = replies.readLine()) {
          handle(line.split(" ", -1));
        }
      } catch (IOException e) {
        LOG.debug("the launcher process cannot be read", e);
      }
      gone = true;
      if (closing && keeps) {
        return; // what runs goes on, and nobody here hears of it any more
      }
      if (!closing) {
        LOG.warn("the launcher process has died; what it ran is ended");
      }
      CompletableFuture<?>[] ends =
          children.values().stream().map(Child::lose).toArray(CompletableFuture<?>[]::new);
      CompletableFuture<?> unused =
          CompletableFuture.allOf(ends).thenRun(() -> cgroups.ifPresent(Helper::remove));
    }

    /** Removes the cgroups of a helper that could not do it, if it has not. */
    private static void remove(Path folder) {
      try (Stream<Path> all = Files.find(folder, 9, (path, facts) -> facts.isDirectory())) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      } catch (IOException | UncheckedIOException e) {
        LOG.debug("cgroups of the launcher process are gone already", e);
      }
    }

    private void handle(String[] words) {
      Child child = children.get(words[1]);
      if (child == null) {
        return;
      }
      switch (words[0]) {
        case "P" -> {
          boolean held = words[3].equals("1");
          if (!held && holdsMemory) {
            LOG.warn("cgroups do not work any more; memory is only watched from now on");
            holdsMemory = false;
          }
          child.listener.started(Long.parseLong(words[2]), held);
        }
        case "F" -> child.finish(ProcessEnd.notStarted(child.whyNot(Integer.parseInt(words[2]))));
        case "E" -> {
          child.end =
              ProcessEnd.ofWaitStatus(Integer.parseInt(words[2]), Long.parseLong(words[3]), null)
                  .held(Long.parseLong(words[5]), Long.parseLong(words[6]));
          if (words[4].equals("0")) {
            child.finish(child.end);
          }
        }
        case "G" ->
            child.finish(child.end.held(Long.parseLong(words[2]), Long.parseLong(words[3])));
        default -> LOG.warn("the launcher process says what is not known: {}", words[0]);
      }
    }

    void close() {
      closing = true;
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        LOG.debug("the launcher process is gone already", e);
      }
      if (keeps) {
        return; // it lives as long as what it has started
      }
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A process that was asked for. */
  private static final class Child implements RunningProcess {
    private final Helper helper;
    private final ProcessSpec spec;
    private final ProcessListener listener;
    private volatile ProcessEnd end = ProcessEnd.lost("the launcher process died");

    Child(Helper helper, ProcessSpec spec, ProcessListener listener) {
      this.helper = helper;
      this.spec = spec;
      this.listener = listener;
    }

    @Override
    public void terminate() {
      helper.ask("T", spec.name());
    }

    @Override
    public void kill() {
      helper.ask("K", spec.name());
    }

    void finish(ProcessEnd how) {
      if (helper.children.remove(spec.name()) != null) {
        listener.ended(how);
      }
    }

    /** What has no parent any more to tell of it is ended here. */
    CompletableFuture<?> lose() {
      return new Strays(spec.tags()).kill().thenRun(() -> finish(end));
    }

    String whyNot(int errno) {
      return LaunchFailure.explain(spec, errno);
    }
  }
}
