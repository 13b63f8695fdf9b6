package io.hpc4j.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/** Lets no request of a client pass in which AWS's own model of its API finds anything wrong. */
final class CheckedByModel implements ExecutionInterceptor {
  private static final Optional<ApiModel> MODEL = ApiModel.published();
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes unused) {
    MODEL.ifPresent(model -> check(model, context));
  }

  private static void check(ApiModel model, Context.BeforeTransmission context) {
    SdkHttpRequest request = context.httpRequest();
    String body =
        context
            .requestBody()
            .map(content -> read(content.contentStreamProvider().newStream()))
            .orElse("{}");
    try {
      List<String> problems =
          model.problems(request.method().name(), request.encodedPath(), JSON.readTree(body));
      if (!problems.isEmpty()) {
        throw new AssertionError(request.encodedPath() + ": " + problems);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(InputStream in) {
    try (in) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
