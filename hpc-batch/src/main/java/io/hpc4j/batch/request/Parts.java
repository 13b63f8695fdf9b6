package io.hpc4j.batch.request;

import io.hpc4j.model.IndexSet;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Memory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.batch.model.SubmitJobRequest;

/**
 * Says which of AWS's jobs carry the elements of a job: at most 10,000 each, and no more than can
 * be named in the text that AWS takes of an override. The same for every program and attempt. Pure.
 */
public final class Parts {
  /** The bytes that AWS takes of what a submission says otherwise than its definition. */
  public static final int MOST_OVERRIDES = 8192;

  /** So many may always name the elements: what leaves less than that is too large itself. */
  private static final int LEAST_ROOM = 1024;

  private static final int HIGHEST_ATTEMPT = 999_999;
  private static final Memory MOST_MEMORY = Memory.ofGiB(32 * 1024);
  private static final String LONG_TOKEN = "x".repeat(32);

  private Parts() {}

  /** The first of AWS's jobs that are to carry a job. */
  public static List<NativeJob> of(JobRequest request, Form form) {
    Memory memory = request.effective().resources().memoryPerNode();
    List<NativeJob> all = new ArrayList<>();
    for (IndexSet some : split(request, form, request.array().orElse(IndexSet.empty()))) {
      all.add(new NativeJob(all.size(), some, 1, memory, List.of()));
    }
    return all;
  }

  /** Elements by the jobs of AWS's that carry them: it has no arrays of jobs of several nodes. */
  public static List<IndexSet> split(JobRequest request, Form form, IndexSet indices) {
    int most = RequestMapper.isMultiNode(request) ? 1 : NativeJob.MOST_ELEMENTS;
    List<IndexSet> some = new ArrayList<>();
    for (IndexSet each : chunks(indices, most)) {
      int length = each.toString().length();
      if (length <= LEAST_ROOM) {
        some.add(each);
      } else {
        halve(each, Math.max(LEAST_ROOM, room(request, form)), some);
      }
    }
    return some;
  }

  private static List<IndexSet> chunks(IndexSet indices, int most) {
    if (indices.size() <= most) {
      return List.of(indices);
    }
    int[] all = indices.stream().toArray();
    List<IndexSet> some = new ArrayList<>();
    for (int from = 0; from < all.length; from += most) {
      some.add(IndexSet.of(Arrays.copyOfRange(all, from, Math.min(all.length, from + most))));
    }
    return some;
  }

  private static void halve(IndexSet indices, int room, List<IndexSet> some) {
    if (indices.toString().length() <= room) {
      some.add(indices);
    } else {
      chunks(indices, (indices.size() + 1) / 2).forEach(half -> halve(half, room, some));
    }
  }

  /** What is left for the elements, whatever the attempt and its memory. */
  private static int room(JobRequest request, Form form) {
    NativeJob none = new NativeJob(0, IndexSet.empty(), HIGHEST_ATTEMPT, MOST_MEMORY, List.of());
    SubmitJobRequest rest = RequestMapper.submission(request, form, LONG_TOKEN, none, "", "");
    return MOST_OVERRIDES - CanonicalJson.bytes(overrides(rest));
  }

  /** What a submission says otherwise than its definition. */
  public static SdkPojo overrides(SubmitJobRequest request) {
    return request.containerOverrides() != null
        ? request.containerOverrides()
        : request.nodeOverrides();
  }
}
