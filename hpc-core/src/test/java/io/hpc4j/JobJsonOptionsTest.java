package io.hpc4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpc4j.model.BackendOptions;
import io.hpc4j.model.InvalidJobException;
import io.hpc4j.model.JobDefinition;
import io.hpc4j.model.JobRequest;
import io.hpc4j.spi.OptionsCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The codec comes from a class loader of its own, as it does from a backend's jar. */
class JobJsonOptionsTest {
  private static final String TEXT =
      "{\"hpc4j\":1,\"request\":{\"definition\":{\"name\":\"x\"},\"options\":{\"far\":"
          + "{\"account\":\"climate\",\"count\":3,\"factor\":1.5,\"flags\":[true,{\"k\":\"v\"}]}}}}";

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @BeforeEach
  void use_a_class_path_with_a_broken_and_a_working_codec(@TempDir Path jar) throws IOException {
    Path services = Files.createDirectories(jar.resolve("META-INF/services"));
    Files.write(
        services.resolve(OptionsCodec.class.getName()),
        List.of("io.hpc4j.NoSuchCodec", FarCodec.class.getName()));
    Thread.currentThread().setContextClassLoader(new ClassPath(jar, before));
  }

  @AfterEach
  void use_the_class_path_of_before() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void options_are_kept_by_their_codec_byte_for_byte() {
    JobRequest request = JobJson.readRequest(TEXT);

    assertThat(request.options()).containsOnlyKeys("far");
    assertThat(JobJson.write(request)).isEqualTo(TEXT);
    assertThat(JobJson.readRequest(JobJson.write(request))).isEqualTo(request);
  }

  @Test
  void the_fields_of_options_are_written_in_the_order_of_their_names() {
    String shuffled =
        TEXT.replace("\"account\":\"climate\",", "")
            .replace("]}}}}", "],\"account\":\"climate\"}}}}");

    assertThat(JobJson.write(JobJson.readRequest(shuffled))).isEqualTo(TEXT);
  }

  @Test
  void what_the_codec_refuses_is_a_problem_with_its_words() {
    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> JobJson.readRequest(TEXT.replace("count", "unheard-of")))
        .withMessageContaining("$.request.options.far")
        .withMessageContaining("unheard-of");
  }

  @Test
  void null_and_numbers_out_of_range_are_no_values_of_options() {
    for (String bad : List.of("null", "[null]", "1e999", "99999999999999999999")) {
      assertThatExceptionOfType(InvalidJobException.class)
          .isThrownBy(() -> JobJson.readRequest(TEXT.replace(":3", ":" + bad)))
          .withMessageContaining("$.request.options.far");
    }
  }

  @Test
  void options_of_another_class_than_the_codec_s_are_refused() {
    JobRequest request =
        JobRequest.builder(JobDefinition.builder("x").build()).options(() -> "far").build();

    assertThatExceptionOfType(InvalidJobException.class)
        .isThrownBy(() -> JobJson.write(request))
        .withMessageContaining("has no codec");
  }

  /** Options of a backend that only this test knows. */
  public record Far(Map<String, Object> fields) implements BackendOptions {
    @Override
    public String backend() {
      return "far";
    }
  }

  /** Their codec. */
  public static final class FarCodec implements OptionsCodec<Far> {
    @Override
    public String backend() {
      return "far";
    }

    @Override
    public Class<Far> type() {
      return Far.class;
    }

    @Override
    public Map<String, Object> write(Far options) {
      return new HashMap<>(options.fields());
    }

    @Override
    public Far read(Map<String, Object> fields) {
      if (!List.of("account", "count", "factor", "flags").containsAll(fields.keySet())) {
        throw new IllegalArgumentException("unknown fields among " + fields.keySet());
      }
      return new Far(fields);
    }
  }

  /** Defines the two classes above anew, outside the module of hpc4j. */
  private static final class ClassPath extends URLClassLoader {
    ClassPath(Path jar, ClassLoader parent) throws MalformedURLException {
      super(new URL[] {jar.toUri().toURL()}, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      Class<?> loaded = findLoadedClass(name);
      boolean own = name.equals(Far.class.getName()) || name.equals(FarCodec.class.getName());
      return loaded == null && own ? define(name) : super.loadClass(name, resolve);
    }

    private Class<?> define(String name) {
      String file = name.substring(name.lastIndexOf('.') + 1) + ".class";
      try (InputStream in = JobJsonOptionsTest.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
