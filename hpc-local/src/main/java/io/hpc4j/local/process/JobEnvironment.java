package io.hpc4j.local.process;

import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Variables;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The environment of a task: a minimal base, the variables of hpc4j and, so that jobs written for
 * AWS Batch run unchanged, those of AWS Batch, then the job's own. Pure but for the variables of
 * this process.
 */
final class JobEnvironment {
  private static final Map<String, String> BASE_DEFAULTS =
      Map.of(
          "PATH",
          "/usr/local/bin:/usr/bin:/bin",
          "HOME",
          System.getProperty("user.home", "/"),
          "USER",
          System.getProperty("user.name", ""),
          "SHELL",
          "/bin/sh",
          "LANG",
          "C.UTF-8",
          "TMPDIR",
          System.getProperty("java.io.tmpdir", "/tmp"));

  private JobEnvironment() {}

  static Map<String, String> of(Execution task) {
    JobDefinition definition = task.request().effective();
    Map<String, String> all = base(definition.inheritEnvironment());
    addOurs(all, task);
    addAws(all, task);
    all.putAll(definition.environment()); // reserved names reach it only from other front ends
    if (!task.gpus().isEmpty()) {
      all.put(
          "CUDA_VISIBLE_DEVICES",
          task.gpus().stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    return all;
  }

  private static Map<String, String> base(boolean inherit) {
    Map<String, String> all = new TreeMap<>();
    Map<String, String> here = System.getenv();
    if (inherit) {
      all.putAll(here);
      all.keySet().removeIf(Variables::isReserved); // those of a job that this process may be
    }
    BASE_DEFAULTS.forEach((name, value) -> all.put(name, here.getOrDefault(name, value)));
    return all;
  }

  private static void addOurs(Map<String, String> all, Execution task) {
    JobRequest request = task.request();
    all.put(Variables.JOB_ID, task.id().token());
    all.put(Variables.JOB_NAME, request.effective().name());
    all.put(Variables.ARRAY_SIZE, String.valueOf(request.size()));
    all.put(Variables.NUM_NODES, String.valueOf(task.nodeNames().size()));
    all.put(Variables.ATTEMPT, String.valueOf(task.attempt()));
    task.id().index().ifPresent(i -> all.put(Variables.ARRAY_INDEX, String.valueOf(i)));
    all.put(Variables.NODE_INDEX, String.valueOf(task.nodeIndex()));
    all.put(Variables.TASK_INDEX, String.valueOf(task.taskIndex()));
    all.put(Variables.MAIN_NODE, task.nodeNames().get(0));
    all.put(Variables.NODE_LIST, String.join(",", task.nodeNames()));
  }

  /** AWS Batch sets the node variables in multi-node jobs only, and the index in arrays only. */
  private static void addAws(Map<String, String> all, Execution task) {
    all.put("AWS_BATCH_JOB_ID", task.nativeId());
    all.put("AWS_BATCH_JOB_ATTEMPT", String.valueOf(task.attempt()));
    all.put("AWS_BATCH_JQ_NAME", task.queue());
    all.put("AWS_BATCH_CE_NAME", task.environment());
    task.id()
        .index()
        .ifPresent(
            i -> {
              all.put("AWS_BATCH_JOB_ARRAY_INDEX", String.valueOf(i));
              all.put("AWS_BATCH_JOB_ARRAY_SIZE", String.valueOf(task.request().size()));
            });
    if (task.nodeNames().size() > 1) {
      all.put("AWS_BATCH_JOB_NODE_INDEX", String.valueOf(task.nodeIndex()));
      all.put("AWS_BATCH_JOB_NUM_NODES", String.valueOf(task.nodeNames().size()));
      all.put("AWS_BATCH_JOB_MAIN_NODE_INDEX", "0");
    }
  }
}
