package io.platformapi.service.http;

import java.util.Map;

/**
 * The body of every answer that is no success.
 *
 * @param error what went wrong
 */
public record ErrorBody(Error error) {

  /**
   * @param code one of {@link ErrorCode}
   * @param message one sentence for people, without internals and without input values
   * @param details more for programs, possibly empty
   * @param requestId id of the request, as in the header X-Request-Id
   */
  public record Error(String code, String message, Map<String, Object> details, String requestId) {}
}
