package io.hpc4j.testkit.batch;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a failed attempt is followed by another, by a {@code retryStrategy}: the first entry of
 * {@code evaluateOnExit} of which all conditions match decides; if none matches, it is.
 *
 * @see <a href="https://docs.aws.amazon.com/batch/latest/userguide/job_retries.html">Automated job
 *     retries, AWS Batch User Guide</a>
 */
final class Retries {
  private static final int MOST_ATTEMPTS = 10;
  private static final int MOST_ENTRIES = 5;
  private static final int LONGEST_PATTERN = 512;
  private static final Pattern EXIT_CODES = Pattern.compile("\\d*\\*?");
  private static final Pattern REASONS = Pattern.compile("[A-Za-z0-9.:\\s]*\\*?");

  private Retries() {}

  /** Refuses a strategy that AWS would refuse. */
  static void check(JsonNode strategy) {
    if (strategy.isMissingNode()) {
      return;
    }
    int attempts = Json.integer(strategy, "attempts", 0);
    JsonNode entries = strategy.path("evaluateOnExit");
    if (!Json.has(strategy, "attempts")) {
      if (!entries.isEmpty()) {
        throw ApiException.client("RetryAttempts must be provided with retry strategy");
      }
      return;
    }
    if (attempts < 1 || attempts > MOST_ATTEMPTS) {
      throw ApiException.client("retryStrategy.attempts must be 1 to 10: " + attempts);
    }
    if (entries.size() > MOST_ENTRIES) {
      throw ApiException.client("evaluateOnExit must have at most " + MOST_ENTRIES + " entries");
    }
    entries.forEach(Retries::checkEntry);
  }

  private static void checkEntry(JsonNode entry) {
    String action = Json.required(entry, "action");
    if (!action.equalsIgnoreCase("RETRY") && !action.equalsIgnoreCase("EXIT")) {
      throw ApiException.client("evaluateOnExit.action must be RETRY or EXIT: " + action);
    }
    checkPattern(entry, "onExitCode", EXIT_CODES);
    checkPattern(entry, "onReason", REASONS);
    checkPattern(entry, "onStatusReason", REASONS);
  }

  private static void checkPattern(JsonNode entry, String member, Pattern form) {
    String pattern = Json.text(entry, member);
    if (pattern != null
        && (pattern.length() > LONGEST_PATTERN || !form.matcher(pattern).matches())) {
      throw ApiException.client(
          "evaluateOnExit."
              + member
              + " must be of at most 512 characters of its kind: "
              + pattern);
    }
  }

  /** Whether an attempt that failed like this is followed by another. */
  static boolean retries(JsonNode strategy, int made, JobAttempt ended) {
    if (made >= Json.integer(strategy, "attempts", 1)) {
      return false;
    }
    for (JsonNode entry : strategy.path("evaluateOnExit")) {
      if (matches(entry, ended)) {
        return Json.text(entry, "action", "").equalsIgnoreCase("RETRY");
      }
    }
    return true;
  }

  private static boolean matches(JsonNode entry, JobAttempt ended) {
    return matchesExit(Json.text(entry, "onExitCode"), ended.exitCode)
        && matchesText(Json.text(entry, "onReason"), ended.reason)
        && matchesText(Json.text(entry, "onStatusReason"), ended.statusReason);
  }

  /** Only codes other than zero can match. */
  private static boolean matchesExit(@Nullable String pattern, @Nullable Integer code) {
    return pattern == null || (code != null && code != 0 && fits(pattern, String.valueOf(code)));
  }

  /** A bare {@code *}, the catch-all that people put last, matches a text that is missing too. */
  private static boolean matchesText(@Nullable String pattern, @Nullable String text) {
    return pattern == null || fits(pattern, text == null ? "" : text);
  }

  private static boolean fits(String pattern, String text) {
    return pattern.endsWith("*")
        ? text.startsWith(pattern.substring(0, pattern.length() - 1))
        : text.equals(pattern);
  }
}
