package io.hpc4j.examples;

import io.hpc4j.Job;
import io.hpc4j.JobClient;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.Reason;
import io.hpc4j.model.RetryPolicy;

/**
 * Counts the k-mers of {@code genome.fa} into {@code kmers.txt}: an array splits the genome, a
 * second one counts each part as soon as that part is there, one job adds up.
 *
 * <p>The steps can be repeated, so all are retried when their node fails.
 *
 * @param split each element takes every n-th chromosome
 * @param count each element counts its own part
 * @param merge adds up all parts
 */
record KmerPipeline(Job split, Job count, Job merge) {
  static final int K = 6;

  private static final String SPLIT =
      """
      #!/bin/sh
      awk -v parts="$HPC4J_ARRAY_SIZE" -v part="$HPC4J_ARRAY_INDEX" \\
          'int((NR - 1) / 2) % parts == part' genome.fa > "part-$HPC4J_ARRAY_INDEX.fa"
      """;

  private static final String COUNT =
      """
      #!/bin/sh
      awk -v k=Ref::k '
          !/^>/ { for (i = 1; i + k - 1 <= length($0); i++) count[substr($0, i, k)]++ }
          END { for (kmer in count) print kmer, count[kmer] }' \\
          "part-$HPC4J_ARRAY_INDEX.fa" > "count-$HPC4J_ARRAY_INDEX.txt"
      """;

  private static final String MERGE =
      """
      #!/bin/sh
      set -e
      awk '{ sum[$1] += $2 } END { for (kmer in sum) print kmer, sum[kmer] }' count-*.txt > sums.txt
      sort -k 2,2nr -k 1,1 sums.txt > kmers.txt
      """;

  /** Submits the steps, in this many parts; does not wait. */
  static KmerPipeline submit(JobClient hpc, int parts) {
    JobDefinition countPart = step("count", COUNT).parameter("k", String.valueOf(K)).build();
    Job split = hpc.submit(step("split", SPLIT).build(), r -> r.array(parts));
    Job count = hpc.submit(countPart, r -> r.array(parts).afterEach(split));
    Job merge = hpc.submit(step("merge", MERGE).build(), r -> r.after(count));
    return new KmerPipeline(split, count, merge);
  }

  private static JobDefinition.Builder step(String name, String script) {
    return JobDefinition.builder(name)
        .script(script)
        .environment("LC_ALL", "C")
        .retry(RetryPolicy.attempts(3).retryOn(Reason.NODE_FAILURE));
  }
}
