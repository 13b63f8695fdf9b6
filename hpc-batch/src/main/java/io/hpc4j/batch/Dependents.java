package io.hpc4j.batch;

import io.hpc4j.batch.request.NativeJob;
import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobState;
import io.hpc4j.spi.Ended;
import io.hpc4j.spi.JobTable;
import io.hpc4j.spi.Judgement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import software.amazon.awssdk.services.batch.model.ArrayJobDependency;
import software.amazon.awssdk.services.batch.model.JobDependency;

/** Judges what a job waits for, and says it as AWS Batch does where that is the same. */
final class Dependents {
  private final JobTable<BatchJob> jobs;

  /** How jobs of an earlier program have ended, which AWS may not know any more. */
  private final Map<String, Ended> remembered = new ConcurrentHashMap<>();

  Dependents(JobTable<BatchJob> jobs) {
    this.jobs = jobs;
  }

  void remember(Ended job) {
    remembered.put(job.id().token(), job);
  }

  boolean remembers(JobId id) {
    return remembered.containsKey(id.token());
  }

  /**
   * The dependencies of each part, as AWS is told of them: those that are not met yet. AWS waits
   * for successes alone, and knows nothing of attempts that a program makes or of what it has not
   * got: what depends on such waits here.
   *
   * @return empty if AWS cannot be trusted with them
   */
  Optional<List<List<JobDependency>>> natively(BatchJob job, List<NativeJob> parts, Instant now) {
    List<List<JobDependency>> all = new ArrayList<>();
    parts.forEach(part -> all.add(new ArrayList<>()));
    for (Dependency d : Objects.requireNonNull(job.request).dependencies()) {
      Optional<JobState> ended = ending(d.on(), now);
      if (ended.filter(d.kind()::isMetBy).isPresent()) {
        continue;
      }
      boolean each = isEach(d);
      if (!isAwaitedByAws(d) || (ended.isPresent() && !each)) {
        return Optional.empty(); // what has ended otherwise than required lets it never run
      }
      BatchJob on = jobs.find(d.on()).orElse(null);
      if (on == null) {
        return Optional.empty();
      }
      synchronized (on) {
        if (on.isRetriedByProgram() || !on.isAllThere() || isUnknown(on)) {
          return Optional.empty();
        }
        if (each) {
          if (!isSplitAlike(on, parts)) {
            return Optional.empty();
          }
          for (int i = 0; i < all.size(); i++) {
            all.get(i).add(each(on.first(parts.get(i).part()).orElseThrow()));
          }
        } else {
          List<JobDependency> some = whole(on, d.on());
          all.forEach(part -> part.addAll(some));
        }
      }
    }
    return Optional.of(all);
  }

  /** Whether AWS does not know all of a job any more, and refuses what depends on it. */
  private static boolean isUnknown(BatchJob on) {
    return on.pieces.stream().anyMatch(piece -> piece.unknownSince != null);
  }

  /** Whether all that a job depends on has been looked at by this program. */
  boolean areSeen(BatchJob job) {
    return Objects.requireNonNull(job.request).dependencies().stream()
        .map(Dependency::on)
        .allMatch(on -> remembers(on) || jobs.find(on).filter(Dependents::isSeen).isPresent());
  }

  private static boolean isSeen(BatchJob on) {
    synchronized (on) {
      return on.uncertain.isEmpty()
          && on.pieces.stream().allMatch(piece -> piece.seen != null || piece.unknownSince != null);
    }
  }

  /** Whether the elements of a part are those of one of AWS's jobs there. */
  private static boolean isSplitAlike(BatchJob on, List<NativeJob> parts) {
    return on.pieces.size() == parts.size()
        && parts.stream()
            .allMatch(
                part ->
                    on.first(part.part())
                        .filter(piece -> piece.indices().equals(part.indices()))
                        .isPresent());
  }

  private static JobDependency each(Piece piece) {
    JobDependency plain = Sender.on(piece.nativeId);
    return piece.isArray() ? plain.toBuilder().type(ArrayJobDependency.N_TO_N).build() : plain;
  }

  private static List<JobDependency> whole(BatchJob on, JobId id) {
    if (id.index().isPresent()) {
      int index = id.index().getAsInt();
      Piece piece = Objects.requireNonNull(on.task(id).piece);
      return List.of(Sender.on(piece.nativeId(index)));
    }
    return on.pieces.stream().map(piece -> Sender.on(piece.nativeId)).toList();
  }

  /** Judges all dependencies of a job, each as a whole. */
  Judgement judge(BatchJob job, Instant now) {
    return judge(job, d -> true, Dependency::on, now);
  }

  /** Judges those that are the same for all of a job. */
  Judgement judgeWhole(BatchJob job, Instant now) {
    return judge(job, d -> !isEach(d), Dependency::on, now);
  }

  /** Judges those by index of an element. */
  Judgement judgeEach(BatchJob job, int index, Instant now) {
    return judge(job, Dependents::isEach, d -> d.on().element(index), now);
  }

  private Judgement judge(
      BatchJob job, Predicate<Dependency> some, Function<Dependency, JobId> which, Instant now) {
    List<Dependency> those =
        Objects.requireNonNull(job.request).dependencies().stream().filter(some).toList();
    return Judgement.of(those, d -> ending(which.apply(d), now));
  }

  private static boolean isAwaitedByAws(Dependency dependency) {
    return dependency.kind() == Dependency.Kind.SUCCESS || isEach(dependency);
  }

  private static boolean isEach(Dependency dependency) {
    return dependency.kind() == Dependency.Kind.EACH;
  }

  /** Whether one that it waits for has ended here, but not yet on AWS. */
  boolean waitsInVain(BatchJob job) {
    return Objects.requireNonNull(job.request).dependencies().stream()
        .filter(Dependents::isAwaitedByAws)
        .map(d -> jobs.find(d.on()).orElse(null))
        .filter(Objects::nonNull)
        .anyMatch(Dependents::endsLater);
  }

  private static boolean endsLater(BatchJob on) {
    synchronized (on) {
      return on.pieces.stream()
          .anyMatch(piece -> piece.over && piece.seen != null && !piece.seen.hasEndedThere());
    }
  }

  /** How a job or an element has ended for good, as far as is known here. */
  private Optional<JobState> ending(JobId on, Instant now) {
    Ended earlier = remembered.get(on.token());
    if (earlier != null) {
      return earlier.stateOf(on);
    }
    Optional<BatchJob> known = jobs.find(on);
    if (known.isEmpty()) {
      return Optional.empty();
    }
    synchronized (known.get()) {
      return Optional.of(Statuses.of(known.get(), on, now).state()).filter(JobState::isFinal);
    }
  }
}
