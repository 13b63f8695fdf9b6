/**
 * The client: {@link io.hpc4j.JobClient} submits and follows jobs on a backend, {@link
 * io.hpc4j.Job} is the live handle of one, {@link io.hpc4j.Tables} shows queues and nodes.
 *
 * <pre>{@code
 * try (JobClient hpc = JobClient.on(LocalBackend.create())) {
 *   Job job = hpc.submit(JobDefinition.command("echo", "Hello World"));
 *   System.out.println(job.await().state()); // SUCCEEDED
 *   System.out.print(job.logs().text()); // Hello World
 * }
 * }</pre>
 */
@NullMarked
package io.hpc4j;

import org.jspecify.annotations.NullMarked;
