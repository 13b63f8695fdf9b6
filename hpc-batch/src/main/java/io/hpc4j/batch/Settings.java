package io.hpc4j.batch;

import io.hpc4j.spi.PollPolicy;
import io.hpc4j.time.TimeSource;
import java.util.Optional;

/**
 * What a backend was built with.
 *
 * @param scope the second part of its jobs' ids
 * @param image the image of jobs that name none; may be empty
 * @param queue the queue of jobs that name none
 * @param share the share of jobs that name none, in queues that want one
 * @param pollPolicy how often to ask
 * @param cancelsOnClose whether closing it cancels its jobs
 * @param time the time that it lives in
 */
record Settings(
    String scope,
    String image,
    Optional<String> queue,
    Optional<String> share,
    PollPolicy pollPolicy,
    boolean cancelsOnClose,
    TimeSource time) {}
