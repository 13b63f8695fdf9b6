package io.hpc4j.local.engine;

import io.hpc4j.model.JobQueue;
import io.hpc4j.model.Memory;
import io.hpc4j.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an engine is made from.
 *
 * @param name the name of its thread
 * @param time the time it lives in
 * @param rule what simulated commands do; {@code null} to run them
 * @param queues the queues, the default one first
 * @param anyQueue whether a queue of any name is made when it is asked for
 * @param directory the working directory of jobs that name none
 * @param grace the time between SIGTERM and SIGKILL
 * @param leaveDaemons whether what a process has left when it ends by itself may live on
 * @param watchInterval how often the memory and the output of processes are looked at
 * @param onlyWatchMemory whether no cgroups are used, even where they could be
 * @param bindCpus whether each attempt gets cpus of its own
 * @param maxOutput how large an output file may become; absent: any size
 * @param backend the first part of the ids of jobs
 * @param scope the second part
 * @param store the folder that jobs are kept in; absent: memory only
 * @param keepProcesses whether processes go on when the program is gone; needs a store
 * @param keepEnded how many ended jobs are kept
 * @param keepEndedFor for how long they are
 */
public record EngineOptions(
    String name,
    TimeSource time,
    Outcome.@Nullable Rule rule,
    List<JobQueue> queues,
    boolean anyQueue,
    Path directory,
    Duration grace,
    boolean leaveDaemons,
    Duration watchInterval,
    boolean onlyWatchMemory,
    boolean bindCpus,
    Optional<Memory> maxOutput,
    String backend,
    String scope,
    Optional<Path> store,
    boolean keepProcesses,
    int keepEnded,
    Duration keepEndedFor) {}
