package io.platformapi.service.policy.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Under which circumstances.
 *
 * @param time time of the request
 * @param ip address of the caller, or null
 * @param requestId correlation id, or null
 * @param credential kind of credential, such as {@code token} or {@code api_key}, or null
 * @param attributes as in {@link AccessSubject}, by name without {@code env.}
 */
public record AccessEnvironment(
    Instant time, String ip, String requestId, String credential, Map<String, Object> attributes) {
  public AccessEnvironment {
    time = time == null ? null : time.truncatedTo(ChronoUnit.MICROS);
    ip = Attributes.text(ip);
    requestId = Attributes.text(requestId);
    credential = Attributes.text(credential);
    attributes = Attributes.normalised(attributes);
  }
}
