package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;

public class TwoNodes {
  public static void main(String[] args) {
    ComputeEnvironment nodes =
        ComputeEnvironment.fixed("node", 2, Capacity.cpus(4).memoryGiB(8)); // node-1 and node-2
    JobQueue queue = JobQueue.builder("mpi").runsOn(nodes).build();

    JobDefinition wrf =
        JobDefinition.builder("wrf")
            .script("echo mpirun -n 8 --host $HPC4J_NODE_LIST ./wrf.exe")
            .resources(Resources.nodes(2).tasksPerNode(4).memoryGiB(8)) // memory is per node
            .launch(Launch.MAIN) // once, on the first node; or PER_NODE, or PER_TASK
            .build();

    try (JobClient hpc = JobClient.on(LocalBackend.builder().queue(queue).build())) {
      Job job = hpc.submit(wrf, r -> r.queue("mpi"));
      System.out.print(job.await().orThrow().logs().text());
      // mpirun -n 8 --host node-1,node-2 ./wrf.exe
    }
  }
}
