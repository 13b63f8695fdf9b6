package io.hpc4j.testkit.batch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hpc4j.testkit.batch.BatchService.Operation;
import io.hpc4j.testkit.batch.FaultState.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wire: HTTP on loopback, from a request to its operation, and back. Thread-safe. */
public final class BatchServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchServer.class);
  private static final String NO_DELAY = "sun.net.httpserver.nodelay";
  private static final String API = "/v1/";
  private static final String TAGS = "/v1/tags/";
  private static final String LOGS = "Logs_20140328.";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int MANY = 100;
  private static final int LARGEST = 1 << 20;
  private static final int MOST_READ = 64;
  private static final Pattern SIGNATURE =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=[^/,\\s]+/\\d{8}/[a-z0-9-]+/(batch|logs)/aws4_request,\\s*"
              + "SignedHeaders=[a-z0-9;-]+,\\s*Signature=[0-9a-f]{64}");

  static {
    // Head and body leave in two pieces: without this the second waits 40 ms for the client. The
    // server reads it once, when its first instance is made.
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private final BatchService service;
  private final FaultState faults;
  private final HttpServer server;
  private final ExecutorService threads;
  private final CompletableFuture<@Nullable Void> closing = new CompletableFuture<>();

  private static final class Reply {
    final int status;
    final @Nullable String error;
    final byte[] body;

    Reply(int status, @Nullable String error, byte[] body) {
      this.status = status;
      this.error = error;
      this.body = body;
    }

    static Reply of(byte[] body) {
      return new Reply(200, null, body);
    }

    static Reply of(ApiException e) {
      return new Reply(
          e.status(),
          e.type(),
          Json.bytes(Json.object().put("__type", e.type()).put("message", e.getMessage())));
    }
  }

  private BatchServer(BatchService service, FaultState faults, HttpServer server) {
    this.service = service;
    this.faults = faults;
    this.server = server;
    threads =
        Executors.newFixedThreadPool(
            MANY,
            task -> {
              Thread thread = new Thread(task, "hpc4j-batch-http");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Starts one.
   *
   * @param port 0 for any that is free
   */
  public static BatchServer start(BatchService service, FaultState faults, int port) {
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port);
      BatchServer started = new BatchServer(service, faults, HttpServer.create(address, MANY));
      started.server.setExecutor(started.threads);
      started.server.createContext("/", started::handle);
      started.server.start();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = reply(exchange);
      if (reply == null || closing.isDone()) {
        return; // without an answer the connection is closed
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
      if (reply.error != null) {
        exchange.getResponseHeaders().set("x-amzn-ErrorType", reply.error);
      }
      if (exchange.getRequestMethod().equals("HEAD")) { // the server warns of a body
        exchange.sendResponseHeaders(reply.status, -1);
      } else {
        exchange.sendResponseHeaders(reply.status, reply.body.length);
        exchange.getResponseBody().write(reply.body);
      }
    }
  }

  private @Nullable Reply reply(HttpExchange exchange) throws IOException {
    try {
      byte[] body = body(exchange);
      checkSignature(exchange);
      Operation operation = operation(exchange);
      pause(faults.arrived(operation.name()));
      if (closing.isDone()) {
        return null;
      }
      Fate fate = faults.fate(operation.name());
      return switch (fate) {
        case THROTTLED -> Reply.of(ApiException.throttled());
        case FAILED -> Reply.of(ApiException.server("Something went wrong, on demand"));
        case ANSWERED -> Reply.of(service.carryOut(operation, body));
        case UNANSWERED -> {
          byte[] unused = service.carryOut(operation, body);
          yield null;
        }
      };
    } catch (ApiException e) {
      return Reply.of(e);
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
      return Reply.of(ApiException.server("The endpoint has failed: " + e.getClass().getName()));
    }
  }

  /** What is too large is read to its end, within reason, so that the client gets to the answer. */
  private static byte[] body(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(LARGEST + 1);
    if (body.length > LARGEST) {
      for (int i = 0; i < MOST_READ && in.readNBytes(LARGEST).length > 0; i++) {
        // nobody wants it
      }
      exchange.getResponseHeaders().set("Connection", "close");
      throw new ApiException(
          413, "RequestEntityTooLargeException", "A request has at most " + LARGEST + " bytes");
    }
    return body;
  }

  /** Waits, but not for longer than there is somebody to answer. */
  private void pause(Duration delay) {
    if (!delay.isZero()) {
      Object unused =
          closing.copy().completeOnTimeout(null, delay.toMillis(), TimeUnit.MILLISECONDS).join();
    }
  }

  private static void checkSignature(HttpExchange exchange) {
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    if (header == null) {
      throw new ApiException(
          403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    if (!SIGNATURE.matcher(header.strip()).matches()) {
      throw new ApiException(
          403,
          "IncompleteSignatureException",
          "Authorization header requires 'Credential' for the service, 'SignedHeaders' and"
              + " 'Signature'.");
    }
  }

  private Operation operation(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    String path = Objects.requireNonNullElse(exchange.getRequestURI().getRawPath(), "");
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    Operation found = null;
    if (path.startsWith(TAGS)) {
      String arn = decode(path.substring(TAGS.length()));
      found = service.tagOperation(method, arn, keys(exchange.getRequestURI()));
    } else if (path.startsWith(API) && method.equals("POST")) {
      found = service.operation(path.substring(API.length()));
    } else if (path.equals("/") && target != null && target.startsWith(LOGS)) {
      found = service.operation(target.substring(LOGS.length()));
    }
    if (found == null) {
      throw new ApiException(
          404,
          "UnknownOperationException",
          "This endpoint has no operation " + method + " " + path);
    }
    return found;
  }

  private static List<String> keys(URI uri) {
    List<String> keys = new ArrayList<>();
    String query = uri.getRawQuery();
    for (String part : (query == null ? "" : query).split("&", -1)) {
      if (part.startsWith("tagKeys=")) {
        keys.add(decode(part.substring("tagKeys=".length())));
      }
    }
    return keys;
  }

  private static String decode(String encoded) {
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.client("The address is not encoded as it should be: " + encoded);
    }
  }

  @Override
  public void close() {
    closing.complete(null);
    server.stop(0);
    threads.shutdown();
  }
}
