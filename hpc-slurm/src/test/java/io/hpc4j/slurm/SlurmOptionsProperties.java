package io.hpc4j.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpc4j.JobJson;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.slurm.SlurmOptions.Mail;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

class SlurmOptionsProperties {
  @Property(tries = 500)
  void any_options_come_back_equal_from_json(
      @ForAll @Size(7) List<String> texts,
      @ForAll @Size(max = 3) Map<String, Integer> licences,
      @ForAll @Size(max = 3) Map<String, Integer> gres,
      @ForAll int nice,
      @ForAll boolean exclusive,
      @ForAll @UniqueElements @Size(max = 4) List<Mail> mail,
      @ForAll @Size(max = 3) List<String> raw) {
    SlurmOptions options =
        SlurmOptions.create()
            .account(texts.get(0))
            .qos(texts.get(1))
            .partition(texts.get(2))
            .reservation(texts.get(3))
            .constraint(texts.get(4))
            .comment(texts.get(5))
            .nice(nice)
            .mail(texts.get(6), mail.toArray(Mail[]::new))
            .raw(raw.toArray(String[]::new));
    for (Map.Entry<String, Integer> e : licences.entrySet()) {
      options = options.licence(e.getKey(), e.getValue());
    }
    for (Map.Entry<String, Integer> e : gres.entrySet()) {
      options = options.gres(e.getKey(), e.getValue());
    }
    if (exclusive) {
      options = options.exclusive();
    }

    JobRequest request = JobRequest.builder(JobDefinition.command("true")).options(options).build();
    String text = JobJson.write(request);

    assertThat(JobJson.readRequest(text).options().get("slurm")).isEqualTo(options);
    assertThat(JobJson.write(JobJson.readRequest(text))).isEqualTo(text);
  }
}
