package io.platformapi.service.http;

import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;

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
    StringBuilder policies = new StringBuilder();
    StringBuilder left = new StringBuilder();
    for (RateLimit limit : limits) {
      limit.append(policies, 'q', limit.quota, 'w', limit.window);
      limit.append(left, 'r', limit.remaining, 't', limit.reset);
    }
    return answer.header(POLICY_HEADER, policies.toString()).header(LIMIT_HEADER, left.toString());
  }

  /** An item of a list, with an amount and, if there is one, a time. */
  private void append(
      StringBuilder list, char amountName, long amount, char timeName, Duration time) {
    list.append(list.isEmpty() ? "\"" : ", \"").append(policy).append("\";");
    list.append(amountName).append('=').append(bounded(amount));
    if (time != null) {
      list.append(';').append(timeName).append('=').append(bounded(time.toSeconds()));
    }
  }

  private static long bounded(long value) {
    return Math.max(0, Math.min(value, MAX));
  }
}
