package io.hpc4j.examples.readme;

import io.hpc4j.*;
import io.hpc4j.local.*;
import io.hpc4j.model.*;
import java.io.IOException;
import java.nio.file.*;

public class SumInParts {
  public static void main(String[] args) throws IOException {
    JobDefinition split =
        JobDefinition.builder("split")
            .script("seq $((HPC4J_ARRAY_INDEX + 1)) 8 1000 > part-$HPC4J_ARRAY_INDEX.txt")
            .build();
    JobDefinition sum =
        JobDefinition.builder("sum")
            .script("awk '{ s += $1 } END { print s }' part-$HPC4J_ARRAY_INDEX.txt")
            .stdout("sum-%a.txt")
            .build();
    JobDefinition total =
        JobDefinition.builder("total")
            .script("cat sum-*.txt | awk '{ s += $1 } END { print s }'")
            .build();

    Path folder = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("sums");
    try (JobClient hpc = JobClient.on(LocalBackend.builder().workingDirectory(folder).build())) {
      Job parts = hpc.submit(split, r -> r.array(8)); // indices 0 to 7
      Job sums = hpc.submit(sum, r -> r.array(8).afterEach(parts)); // sums[i] waits for parts[i]
      Job all = hpc.submit(total, r -> r.after(sums)); // waits for the whole array
      System.out.print(all.await().orThrow().logs().text()); // 500500
    }
  }
}
