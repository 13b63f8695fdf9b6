package io.hpc4j.slurm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubmitReplyTest {
  @Test
  void an_id_may_name_its_cluster() {
    assertThat(SubmitReply.parse("12345\n")).isEqualTo(new SubmitReply("12345", Optional.empty()));
    assertThat(SubmitReply.parse("54321;cluster\n"))
        .isEqualTo(new SubmitReply("54321", Optional.of("cluster")));
    assertThat(SubmitReply.parse(Recorded.block("20-errors", "-M emu --parsable").stdout()))
        .isEqualTo(new SubmitReply("124", Optional.of("emu")));
  }

  @Test
  void what_a_login_shell_or_a_wrapper_prints_is_passed_over() {
    assertThat(SubmitReply.parse(Recorded.block("60-ssh-noise", "sbatch").stdout()).jobId())
        .isEqualTo("1934");
    assertThat(
            SubmitReply.parse(
                    """
                    Project climate: 93% of 1000 cpu hours used
                    Disk: 12 GiB of 100 GiB, 345678 files
                    128 cores requested
                    * 4 nodes
                    777
                    SU estimate: 12.5
                    """)
                .jobId())
        .isEqualTo("777");
    assertThat(SubmitReply.parse(" 777 \r\n").jobId()).isEqualTo("777");
  }

  @Test
  void two_ids_are_not_chosen_from() {
    assertThatExceptionOfType(UnreadableReply.class)
        .isThrownBy(() -> SubmitReply.parse("93\n777\n"))
        .withMessageContaining("more than one")
        .withMessageContaining("93\\u000a777");
    assertThatExceptionOfType(UnreadableReply.class)
        .isThrownBy(() -> SubmitReply.parse("777\n777;other\n"));
    assertThat(SubmitReply.parse("777\n777\n").jobId()).isEqualTo("777");
  }

  @Test
  void no_id_is_an_error() {
    for (String bad :
        List.of("", "Submitted batch job", "0", "-7", "7.5", "7 8", "7;", "12345678901", "id=7")) {
      assertThatExceptionOfType(UnreadableReply.class)
          .as(bad)
          .isThrownBy(() -> SubmitReply.parse(bad))
          .withMessageContaining("no job id");
    }
  }
}
