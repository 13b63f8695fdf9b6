package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.JobJson;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.model.Problem;
import io.hpc4j.model.Resources;
import io.hpc4j.slurm.SlurmOptions.Mail;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SlurmOptionsTest {
  private static final SlurmOptions ALL =
      SlurmOptions.create()
          .account("climate")
          .qos("long")
          .partition("a,b")
          .reservation("course")
          .licence("matlab@server", 2)
          .constraint("[rack1|rack2]&avx512")
          .exclusive()
          .nice(-5)
          .comment("the run of Tuesday")
          .gpuType("a100")
          .gres("nvme:fast", 1)
          .mail("someone@example.org", Mail.END, Mail.TIME_LIMIT_90)
          .raw("--switches=1@10:00", "--no-kill");

  @Nested
  class Said {
    @Test
    void everything_can_be_read_again() {
      assertThat(ALL.account()).contains("climate");
      assertThat(ALL.qos()).contains("long");
      assertThat(ALL.partition()).contains("a,b");
      assertThat(ALL.reservation()).contains("course");
      assertThat(ALL.licences()).containsEntry("matlab@server", 2);
      assertThat(ALL.constraint()).contains("[rack1|rack2]&avx512");
      assertThat(ALL.isExclusive()).isTrue();
      assertThat(ALL.nice()).hasValue(-5);
      assertThat(ALL.comment()).contains("the run of Tuesday");
      assertThat(ALL.gpuType()).contains("a100");
      assertThat(ALL.gres()).containsEntry("nvme:fast", 1);
      assertThat(ALL.mailUser()).contains("someone@example.org");
      assertThat(ALL.mailTypes()).containsExactly(Mail.END, Mail.TIME_LIMIT_90);
      assertThat(ALL.raw()).containsExactly("--switches=1@10:00", "--no-kill");
      assertThat(ALL.problems()).isEmpty();
      assertThat(ALL.backend()).isEqualTo("slurm");
    }

    @Test
    void nothing_is_said_at_first() {
      assertThat(SlurmOptions.create()).isEqualTo(SlurmOptions.create()).isNotEqualTo(ALL);
      assertThat(SlurmOptions.create().account()).isEmpty();
      assertThat(SlurmOptions.create()).hasToString("SlurmOptions[]");
    }

    @Test
    void what_may_be_private_is_not_in_the_text() {
      assertThat(ALL.raw("--wckey=secret").toString())
          .contains("account=climate", "--wckey", "comment", "mail")
          .doesNotContain("secret", "someone", "Tuesday");
    }

    @Test
    void what_may_be_private_is_not_in_a_problem() {
      SlurmOptions options =
          SlurmOptions.create()
              .raw("--export=ALL,TOKEN=secret", "-Jsecret", "secret", "--wckey secret")
              .comment("secret\n")
              .mail("secret");

      assertThat(options.problems()).hasSize(6);
      assertThat(options.problems().toString())
          .contains("--export", "comment", "mail")
          .doesNotContain("secret");
    }

    @Test
    void options_do_not_change() {
      SlurmOptions base = SlurmOptions.create().gres("a", 1);
      SlurmOptions more = base.gres("b", 1).raw("--x");

      assertThat(base.gres()).containsOnlyKeys("a");
      assertThat(more.gres()).containsOnlyKeys("a", "b");
      assertThat(base.raw()).isEmpty();
    }
  }

  @Nested
  class Kept_as_json {
    private static JobRequest request(SlurmOptions options) {
      return JobRequest.builder(JobDefinition.command("true")).options(options).build();
    }

    @Test
    void they_come_back_equal() {
      String text = JobJson.write(request(ALL));

      assertThat(JobJson.readRequest(text)).isEqualTo(request(ALL));
      assertThat(JobJson.readRequest(text).options().get("slurm")).isEqualTo(ALL);
      assertThat(text).contains("\"account\":\"climate\"");
    }

    @Test
    void fields_that_are_not_known_or_of_another_kind_are_refused() {
      String text = JobJson.write(request(SlurmOptions.create().account("x").nice(1).exclusive()));
      for (String bad :
          List.of(
              text.replace("account", "acount"),
              text.replace("\"x\"", "7"),
              text.replace(":1", ":1.5"),
              text.replace(":1", ":99999999999"),
              text.replace("\"exclusive\":true", "\"exclusive\":false"),
              text.replace("\"exclusive\":true", "\"raw\":\"--x\""),
              text.replace("\"exclusive\":true", "\"gres\":[]"),
              text.replace("\"exclusive\":true", "\"mailTypes\":[\"END\"]"),
              text.replace("\"exclusive\":true", "\"mailUser\":\"m\",\"mailTypes\":[\"NOON\"]"))) {
        assertThat(bad).isNotEqualTo(text);
        assertThatExceptionOfType(InvalidJobException.class)
            .as(bad)
            .isThrownBy(() -> JobJson.readRequest(bad))
            .withMessageContaining("$.request.options.slurm");
      }
    }
  }

  @Test
  void licences_are_besides_the_consumables_of_the_resources() {
    JobRequest request =
        JobRequest.builder(JobDefinition.command("true"))
            .resources(Resources.cpus(1).consumable("matlab", 5).consumable("ansys", 1))
            .options(SlurmOptions.create().licence("matlab", 2).licence("cfx", 3))
            .build();

    assertThat(Options.arguments(request, false)).contains("--licenses=ansys:1,cfx:3,matlab:7");
  }

  @Nested
  class Problems {
    @Test
    void all_are_told_at_once_with_their_fields() {
      SlurmOptions bad =
          SlurmOptions.create()
              .account("two words")
              .qos("")
              .partition("a b")
              .reservation("\n")
              .licence("", 0)
              .constraint(" ")
              .nice(Integer.MIN_VALUE)
              .comment("two\nlines")
              .gpuType("a100:2")
              .gres("nvme", 0)
              .gres("gpu", 1)
              .gres("\"quoted\"", 1)
              .mail("someone");

      assertThat(bad.problems())
          .extracting(Problem::field)
          .allMatch(field -> field.startsWith("options.slurm."))
          .contains(
              "options.slurm.account",
              "options.slurm.qos",
              "options.slurm.partition",
              "options.slurm.reservation",
              "options.slurm.licences",
              "options.slurm.constraint",
              "options.slurm.nice",
              "options.slurm.comment",
              "options.slurm.gpuType",
              "options.slurm.gres",
              "options.slurm.mail");
      assertThat(bad.problems()).filteredOn(p -> p.field().endsWith("gres")).hasSize(3);
    }

    @Test
    void gpus_have_one_place() {
      assertThat(SlurmOptions.create().gres("gpu:a100", 2).problems())
          .singleElement()
          .satisfies(problem -> assertThat(problem.rule()).contains("resources.gpus", "gpuType"));
    }
  }

  @Nested
  class Constraints {
    private static JobRequest request(String constraint) {
      return JobRequest.builder(JobDefinition.command("true"))
          .resources(Resources.cpus(1).features("gpu"))
          .options(SlurmOptions.create().constraint(constraint))
          .build();
    }

    @Test
    void hold_besides_the_features_of_the_resources() {
      for (List<String> each :
          List.of(
              List.of("rack1|rack2", "gpu&(rack1|rack2)"),
              List.of("rack1&fast", "gpu&rack1&fast"),
              List.of("(rack1|rack2)&fast", "gpu&(rack1|rack2)&fast"),
              List.of("[rack1|rack2]", "gpu&[rack1|rack2]"))) {
        assertThat(Options.problems(request(each.get(0)))).isEmpty();
        assertThat(Options.arguments(request(each.get(0)), false))
            .contains("--constraint=" + each.get(1));
      }
    }

    @Test
    void that_cannot_be_joined_to_features_are_refused() {
      for (String mixed : List.of("(a&b)|c", "[a|b]|c")) {
        assertThat(Options.problems(request(mixed)))
            .extracting(Problem::field)
            .containsExactly("options.slurm.constraint");
        assertThat(SlurmOptions.create().constraint(mixed).problems()).isEmpty();
      }
    }
  }

  @Nested
  class Raw_arguments {
    private static void isRefused(String argument, String words) {
      assertThat(SlurmOptions.create().raw(argument).problems())
          .as(argument)
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.field()).isEqualTo("options.slurm.raw");
                assertThat(problem.value()).isEqualTo(RawArguments.name(argument));
                assertThat(problem.rule()).contains(words);
              });
    }

    @Test
    void that_have_a_place_elsewhere_are_refused_by_name_in_every_spelling() {
      isRefused("-J", "--job-name");
      isRefused("-Jx", "--job-name");
      isRefused("--job-name=x", "the request's name");
      isRefused("--job-name", "--job-name");
      isRefused("--job=x", "--job-name");
      isRefused("--acc=x", "SlurmOptions.account");
      isRefused("--account=x", "--account");
      isRefused("-A", "--account");
      isRefused("--comment=x", "SlurmOptions.comment");
      isRefused("--gres=gpu:1", "SlurmOptions.gres");
      isRefused("--mem=1", "resources");
      isRefused("--mem-per-cpu=1", "resources");
      isRefused("--export=ALL", "environment");
      isRefused("--no-req", "retry");
      isRefused("--hold", "hold");
      isRefused("--wrap=x", "the backend");
      isRefused("--pars", "the backend");
      isRefused("--array=1-5", "array");
      isRefused("--dep=afterok:1", "dependencies");
      isRefused("--te=5", "--test-only");
      isRefused("--clusters=other", "the backend");
      isRefused("--chdir=/", "workingDirectory");
    }

    @Test
    void that_are_other_names_for_what_has_a_place_are_refused() {
      isRefused("--tasks-per-node=2", "resources");
      isRefused("--tasks=2", "resources");
      isRefused("--ntasks-per-gpu=2", "resources");
      isRefused("--cpus-per-gpu=2", "resources");
      isRefused("--mincpus=2", "resources");
      isRefused("--tres-per-task=cpu:4", "resources");
      isRefused("--time-min=5", "timeout");
      isRefused("--oversubscribe", "SlurmOptions.exclusive");
      isRefused("--share", "SlurmOptions.exclusive");
      isRefused("-s", "SlurmOptions.exclusive");
      isRefused("--distribution=cyclic", "the backend");
      isRefused("-mcyclic", "the backend");
    }

    @Test
    void that_could_be_taken_for_something_else_are_refused() {
      isRefused("-w", "long option");
      isRefused("n1", "long option");
      isRefused("--", "long option");
      isRefused("", "long option");
      isRefused(":", "long option");
      isRefused("--x y", "long option");
      isRefused("--x=\0", "long option");
      isRefused("--nodelist n1", "long option");
    }

    @Test
    void of_other_options_pass() {
      assertThat(
              SlurmOptions.create()
                  .raw(
                      "--nodelist=n[1-2]",
                      "--mem-bind=local",
                      "--wckey=a b\n'c'",
                      "--no-kill",
                      "--new-in-30=1")
                  .problems())
          .isEmpty();
    }
  }
}
