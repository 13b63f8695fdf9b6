package io.hpc4j.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.model.Dependency;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobId;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.JobState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
  private final JobId a = JobId.create("some", "default");
  private final JobId b = JobId.create("some", "default");
  private final List<Dependency> onBoth =
      JobRequest.of(JobDefinition.builder("waits").command("true").build()).toBuilder()
          .after(a)
          .afterEnd(b)
          .build()
          .dependencies();

  private Judgement judge(Map<JobId, JobState> ended) {
    return Judgement.of(onBoth, d -> Optional.ofNullable(ended.get(d.on())));
  }

  @Test
  void all_are_met_when_each_has_ended_as_required() {
    Judgement all = judge(Map.of(a, JobState.SUCCEEDED, b, JobState.FAILED));

    assertThat(all.verdict()).isEqualTo(Judgement.Verdict.MET);
    assertThat(all.words()).isEmpty();
  }

  @Test
  void one_that_has_not_ended_is_waited_for() {
    Judgement one = judge(Map.of(a, JobState.SUCCEEDED));

    assertThat(one.verdict()).isEqualTo(Judgement.Verdict.WAITS);
    assertThat(one.words()).isEqualTo("waits for job " + b);
  }

  @Test
  void one_that_can_never_be_met_decides_before_one_that_waits() {
    Judgement never = judge(Map.of(a, JobState.CANCELLED));

    assertThat(never.verdict()).isEqualTo(Judgement.Verdict.NEVER);
    assertThat(never.words()).isEqualTo("job " + a + " did not end as required (SUCCESS)");
  }
}
