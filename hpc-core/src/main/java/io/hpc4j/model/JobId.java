package io.hpc4j.model;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The logical identity of a job: backend, scope, submission token, and the array element and node
 * below it. Equality is exactly that.
 *
 * <p>The native id and native name that a backend gave are carried along as hints for finding the
 * job again from another process; they take no part in equality.
 */
public final class JobId implements JobRef {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String TOKEN_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int TOKEN_LENGTH = 20; // 100 random bits
  private static final Pattern TEXT =
      Pattern.compile(
          "([^:/#?]+):([^:/#?]+):([0-9a-z]+)(?:/(\\d{1,9}))?(?:#(\\d{1,9}))?"
              + "(?:\\?id=([^&?]*)&name=([^&?]*))?");

  private final String backend;
  private final String scope;
  private final String token;
  private final int index;
  private final int node;
  private final @Nullable String nativeId;
  private final @Nullable String nativeName;

  private JobId(
      String backend,
      String scope,
      String token,
      int index,
      int node,
      @Nullable String nativeId,
      @Nullable String nativeName) {
    this.backend = Objects.requireNonNull(backend, "backend");
    this.scope = Objects.requireNonNull(scope, "scope");
    this.token = Objects.requireNonNull(token, "token");
    this.index = index;
    this.node = node;
    this.nativeId = nativeId == null || nativeId.isEmpty() ? null : nativeId;
    this.nativeName = nativeName == null || nativeName.isEmpty() ? null : nativeName;
  }

  /** Returns the id of a job, or of an array as a whole. */
  public static JobId of(String backend, String scope, String token) {
    if (backend.isEmpty() || scope.isEmpty() || !isToken(token)) {
      throw new IllegalArgumentException(
          "a job id needs a backend, a scope and a token of 0-9a-z: '"
              + backend
              + "', '"
              + scope
              + "', '"
              + token
              + "'");
    }
    return new JobId(backend, scope, token, -1, -1, null, null);
  }

  private static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'z')) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns the id of a new submission, with a token that no other submission has. */
  public static JobId create(String backend, String scope) {
    byte[] random = new byte[TOKEN_LENGTH];
    RANDOM.nextBytes(random); // in one piece: each call to it costs more than all the rest
    StringBuilder token = new StringBuilder(TOKEN_LENGTH);
    for (byte bits : random) {
      token.append(TOKEN_ALPHABET.charAt(bits & (TOKEN_ALPHABET.length() - 1)));
    }
    return of(backend, scope, token.toString());
  }

  /**
   * Reads the form that {@link #text()} and {@link #toString()} write.
   *
   * @throws IllegalArgumentException if the text is not of that form
   */
  public static JobId parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException(
          "not a job id: '" + text + "'; the form is backend:scope:token[/index][#node]");
    }
    return new JobId(
        decode(m.group(1)),
        decode(m.group(2)),
        m.group(3),
        m.group(4) == null ? -1 : Integer.parseInt(m.group(4)),
        m.group(5) == null ? -1 : Integer.parseInt(m.group(5)),
        m.group(6) == null ? null : decode(m.group(6)),
        m.group(7) == null ? null : decode(m.group(7)));
  }

  private static String decode(String encoded) {
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }

  private static String encode(String raw) {
    return URLEncoder.encode(raw, StandardCharsets.UTF_8);
  }

  /** Returns the id of an element of this array. */
  public JobId element(int elementIndex) {
    checkIndex(elementIndex);
    return new JobId(backend, scope, token, elementIndex, -1, nativeId, nativeName);
  }

  /** Returns the id of one node of this multi-node job. */
  public JobId onNode(int nodeIndex) {
    checkIndex(nodeIndex);
    return new JobId(backend, scope, token, index, nodeIndex, nativeId, nativeName);
  }

  private static void checkIndex(int index) {
    if (index < 0 || index > IndexSet.MAX_INDEX) {
      throw new IllegalArgumentException(
          "an index of an element or node is 0.." + IndexSet.MAX_INDEX + ": " + index);
    }
  }

  /** Returns the id of the job or array that this belongs to: without element and node. */
  public JobId job() {
    return index < 0 && node < 0
        ? this
        : new JobId(backend, scope, token, -1, -1, nativeId, nativeName);
  }

  /** Returns an equal id that carries these hints; an empty one is none. */
  public JobId withHints(String lastNativeId, String lastNativeName) {
    return new JobId(backend, scope, token, index, node, lastNativeId, lastNativeName);
  }

  /** The backend's name: {@code local}, {@code slurm}, {@code batch}. */
  public String backend() {
    return backend;
  }

  /** The cluster, account or scheduler within the backend. */
  public String scope() {
    return scope;
  }

  /** The token of the submission; {@code HPC4J_JOB_ID} in the job's environment. */
  public String token() {
    return token;
  }

  /** The element's index within its array; absent for a whole job. */
  public OptionalInt index() {
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** The node's index within its multi-node job; absent for the job itself. */
  public OptionalInt node() {
    return node < 0 ? OptionalInt.empty() : OptionalInt.of(node);
  }

  /** The last native id that is known, a hint only. */
  public Optional<String> nativeId() {
    return Optional.ofNullable(nativeId);
  }

  /** The last native name that is known, a hint only. */
  public Optional<String> nativeName() {
    return Optional.ofNullable(nativeName);
  }

  @Override
  public JobId id() {
    return this;
  }

  /** The form to store and to attach with later, hints included; {@link #parse} reads it. */
  public String text() {
    return nativeId == null && nativeName == null
        ? toString()
        : this
            + "?id="
            + encode(nativeId().orElse(""))
            + "&name="
            + encode(nativeName().orElse(""));
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof JobId other
        && index == other.index
        && node == other.node
        && token.equals(other.token)
        && scope.equals(other.scope)
        && backend.equals(other.backend);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * token.hashCode() + index) + node;
  }

  /** The identity without hints: {@code local:host-1:8f3k...} or {@code ...:8f3k.../17#0}. */
  @Override
  public String toString() {
    return encode(backend)
        + ":"
        + encode(scope)
        + ":"
        + token
        + (index < 0 ? "" : "/" + index)
        + (node < 0 ? "" : "#" + node);
  }
}
