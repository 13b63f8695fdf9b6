package io.hpc4j.batch;

import io.hpc4j.batch.request.FurtherAttempts;
import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.batch.request.NativeName;
import io.hpc4j.batch.request.RequestMapper;
import io.hpc4j.model.IndexSet;
import io.hpc4j.model.Memory;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.batch.model.JobDetail;
import software.amazon.awssdk.services.batch.model.KeyValuePair;

/**
 * What one of AWS's jobs says of the job of ours that it carries, by its name and its environment.
 *
 * @param detail its description
 * @param mark its name, taken apart
 * @param indices the elements that it carries; empty outside an array
 * @param size how many elements there are in all; 0 outside an array
 * @param name the user's own name
 * @param further what its program does after a failure
 */
record Label(
    JobDetail detail,
    NativeName mark,
    IndexSet indices,
    int size,
    String name,
    FurtherAttempts further) {

  /** Reads a description; empty if it is of none of ours, or does not say which elements. */
  static Optional<Label> of(JobDetail detail) {
    Optional<NativeName> mark = NativeName.parse(detail.jobName());
    List<KeyValuePair> environment =
        detail.container() == null ? List.of() : detail.container().environment();
    if (mark.isEmpty() || (isMultiNode(detail) && detail.container() == null)) {
      return Optional.empty();
    }
    try {
      String own = RequestMapper.name(environment);
      return Optional.of(
          new Label(
              detail,
              mark.get(),
              RequestMapper.indices(environment).map(IndexSet::parse).orElse(IndexSet.empty()),
              RequestMapper.arraySize(environment).map(Integer::parseInt).orElse(0),
              own.isEmpty() ? mark.get().rest() : own,
              FurtherAttempts.in(environment)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  String token() {
    return mark.token();
  }

  /** When it was submitted, as far as AWS says. */
  Optional<Instant> created() {
    return Optional.ofNullable(detail.createdAt()).map(Instant::ofEpochMilli);
  }

  /** What it is one of, with this memory. */
  NativeJob what(Memory memory) {
    return new NativeJob(mark.part(), indices, mark.attempt(), memory, List.of());
  }

  static boolean isMultiNode(JobDetail detail) {
    return detail.nodeProperties() != null;
  }

  boolean isMultiNode() {
    return isMultiNode(detail);
  }
}
