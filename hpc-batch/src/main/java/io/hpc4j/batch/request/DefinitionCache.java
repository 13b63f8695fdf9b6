package io.hpc4j.batch.request;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.batch.model.JobDefinition;
import software.amazon.awssdk.services.batch.model.RegisterJobDefinitionRequest;

/**
 * Registers each definition once. A definition is named after its whole content, so whoever needs
 * the same one finds it, in another process too. Thread-safe.
 */
public final class DefinitionCache {
  private static final String BASE = "hpc4j-";
  private static final Pattern NAME = Pattern.compile("hpc4j-[0-9a-f]{32}");
  private static final String REGISTERED = "hpc4jRegistered";

  private final Service service;
  private final InstantSource time;
  private final Map<String, CompletableFuture<String>> arns = new ConcurrentHashMap<>();

  /** Where definitions are kept. */
  public interface Service {
    /** The active revisions of a name. */
    List<JobDefinition> active(String name);

    /** Registers one and returns its ARN. */
    String register(RegisterJobDefinitionRequest request);
  }

  /** Creates an empty one. */
  public DefinitionCache(Service service, InstantSource time) {
    this.service = service;
    this.time = time;
  }

  /** The name of a definition. */
  public static String name(RegisterJobDefinitionRequest unnamed) {
    return BASE + Digest.of(CanonicalJson.of(unnamed).toString());
  }

  /** Whether a name is one that was made here. */
  public static boolean isOurs(String name) {
    return NAME.matcher(name).matches();
  }

  /** When one of ours was registered; the beginning of time if it does not say so. */
  public static Instant registeredAt(JobDefinition definition) {
    String text = definition.parameters().get(REGISTERED);
    return text == null ? Instant.MIN : Instant.parse(text);
  }

  /** The ARN of a definition, which is registered if it is not yet. */
  public String arn(RegisterJobDefinitionRequest unnamed) {
    String name = name(unnamed);
    CompletableFuture<String> mine = new CompletableFuture<>();
    CompletableFuture<String> other = arns.putIfAbsent(name, mine);
    if (other != null) {
      return join(other);
    }
    try {
      mine.complete(find(name, unnamed));
    } catch (RuntimeException e) {
      arns.remove(name, mine);
      mine.completeExceptionally(e);
    }
    return join(mine);
  }

  private static String join(CompletableFuture<String> arn) {
    try {
      return arn.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private String find(String name, RegisterJobDefinitionRequest unnamed) {
    List<JobDefinition> active = service.active(name);
    if (!active.isEmpty()) {
      return active.get(0).jobDefinitionArn();
    }
    Map<String, String> parameters = new ConcurrentHashMap<>(unnamed.parameters());
    parameters.put(REGISTERED, time.instant().toString());
    return service.register(
        unnamed.toBuilder().jobDefinitionName(name).parameters(parameters).build());
  }

  /** Forgets a definition that somebody has deregistered. */
  public void forget(RegisterJobDefinitionRequest unnamed) {
    arns.remove(name(unnamed));
  }
}
