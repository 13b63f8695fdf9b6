package io.hpc4j.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hpc4j.testkit.BatchEndpoint;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingKnownType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.services.batch.BatchClient;

/**
 * What the endpoint knows of requests, by what the SDK knows of them: each member of each request,
 * however deep, is refused by its place if it has another type than the SDK gives it, or because
 * the endpoint does not do that at all. So there is none that the endpoint passes over.
 */
@Timeout(120)
class BatchEndpointShapesTest {
  private static final String UNSUPPORTED = " is not supported by this endpoint";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final BatchEndpoint endpoint = BatchEndpoint.start();

  @AfterEach
  void close() {
    endpoint.close();
  }

  @TestFactory
  Stream<DynamicTest> each_member_of_another_type_is_refused_by_its_place() {
    return Stream.of(BatchClient.class.getMethods())
        .filter(method -> method.getParameterCount() == 1)
        .map(method -> method.getParameterTypes()[0])
        .filter(type -> SdkPojo.class.isAssignableFrom(type))
        .distinct()
        .map(type -> dynamicTest(operation(type), () -> walk(type)));
  }

  private static String operation(Class<?> request) {
    return request.getSimpleName().replaceAll("Request$", "");
  }

  private void walk(Class<?> request) throws Exception {
    SdkPojo empty = (SdkPojo) request.getMethod("builder").invoke(null);
    String operation = operation(request);
    if (operation.matches("(Tag|Untag|ListTagsFor)Resource")) {
      return; // their addresses are of another kind
    }
    for (SdkField<?> field : empty.sdkFields()) {
      String name = field.locationName();
      check(operation, field, name, "{\"" + name + "\":", "}");
    }
  }

  private void check(String operation, SdkField<?> field, String place, String before, String after)
      throws IOException {
    MarshallingKnownType type = field.marshallingType().getKnownType();
    String message = refusal(operation, before + wrong(type) + after);
    String at = message.replaceAll("( must be .*|" + UNSUPPORTED + ")$", "");
    if (message.endsWith(UNSUPPORTED)) {
      assertThat(at.equals(operation) || place.startsWith(at))
          .as("%s: %s", place, message)
          .isTrue();
      return;
    }
    assertThat(at).as("%s", message).isEqualTo(place);
    if (type == MarshallingKnownType.LIST) {
      SdkField<?> element = field.getTrait(ListTrait.class).memberFieldInfo();
      check(operation, element, place + "[0]", before + "[", "]" + after);
    } else if (type == MarshallingKnownType.MAP) {
      SdkField<?> value = field.getTrait(MapTrait.class).valueFieldInfo();
      check(operation, value, place + ".k", before + "{\"k\":", "}" + after);
    } else if (type == MarshallingKnownType.SDK_POJO) {
      for (SdkField<?> member : field.constructor().get().sdkFields()) {
        String name = member.locationName();
        String inner = before + "{\"" + name + "\":";
        check(operation, member, place + "." + name, inner, "}" + after);
      }
    }
  }

  private static String wrong(MarshallingKnownType type) {
    return List.of(MarshallingKnownType.STRING, MarshallingKnownType.LIST).contains(type)
        ? "1"
        : "\"1\"";
  }

  private String refusal(String operation, String body) throws IOException {
    URL url = endpoint.url().resolve("/v1/" + operation.toLowerCase(Locale.ROOT)).toURL();
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    connection.setRequestProperty(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/batch/aws4_request,"
            + "SignedHeaders=host,Signature="
            + "0".repeat(64));
    connection.setDoOutput(true);
    connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    assertThat(connection.getResponseCode()).as("%s %s", operation, body).isEqualTo(400);
    try (InputStream in = connection.getErrorStream()) {
      return MAPPER.readTree(in).path("message").asText();
    }
  }
}
