package io.hpc4j.batch;

import java.util.Map;
import java.util.WeakHashMap;
import software.amazon.awssdk.services.batch.BatchClient;

/**
 * How often a client calls AWS: all backends that were given the same one share it, since an
 * account has but one limit. The lowest rate that one of them was given counts. Thread-safe.
 *
 * @param submissions the rate of SubmitJob
 * @param others the rate of everything else
 */
record Buckets(Throttle submissions, Throttle others) {
  private static final Map<BatchClient, Buckets> ALL = new WeakHashMap<>();

  static Buckets of(BatchClient client, double callsPerSecond, double submitsPerSecond) {
    synchronized (ALL) {
      Buckets shared =
          ALL.computeIfAbsent(
              client,
              key -> new Buckets(new Throttle(submitsPerSecond), new Throttle(callsPerSecond)));
      shared.submissions.atMost(submitsPerSecond);
      shared.others.atMost(callsPerSecond);
      return shared;
    }
  }
}
