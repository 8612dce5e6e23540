package io.platformapi.service.http;

import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One limit and what is left of it, as the headers {@code RateLimit-Policy} and {@code RateLimit}
 * tell it (draft-ietf-httpapi-ratelimit-headers-10).
 *
 * @param policy name of the limit: letters, digits and {@code .:_-}
 * @param quota the whole limit
 * @param window length of the window, or null when it has none
 * @param remaining what is left
 * @param reset time until more is there, or null
 */
public record RateLimit(
    String policy, long quota, Duration window, long remaining, Duration reset) {
  private static final String POLICY_HEADER = "RateLimit-Policy";
  private static final String LIMIT_HEADER = "RateLimit";
  // The largest integer of a structured field (RFC 9651, section 3.3.1).
  private static final long MAX = 999_999_999_999_999L;

  public RateLimit {
    for (int i = 0; i < policy.length(); i++) {
      char c = policy.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
          && ".:_-".indexOf(c) < 0) {
        throw new IllegalArgumentException("not a policy name: " + policy);
      }
    }
  }

  /** Puts both headers on an answer; none when there is no limit. */
  public static Response.ResponseBuilder put(
      Response.ResponseBuilder answer, List<RateLimit> limits) {
    if (limits.isEmpty()) {
      return answer;
    }
    return answer
        .header(
            POLICY_HEADER,
            limits.stream().map(RateLimit::policyItem).collect(Collectors.joining(", ")))
        .header(
            LIMIT_HEADER,
            limits.stream().map(RateLimit::limitItem).collect(Collectors.joining(", ")));
  }

  private String policyItem() {
    String item = '"' + policy + "\";q=" + bounded(quota);
    return window == null ? item : item + ";w=" + bounded(window.toSeconds());
  }

  private String limitItem() {
    String item = '"' + policy + "\";r=" + bounded(remaining);
    return reset == null ? item : item + ";t=" + bounded(reset.toSeconds());
  }

  private static long bounded(long value) {
    return Math.max(0, Math.min(value, MAX));
  }
}
