package io.platformapi.service.problem;

import java.util.Map;

/** The request cannot be read at all, such as a body that is no JSON. */
public final class MalformedRequestException extends RuntimeException {
  private final transient Map<String, Object> details;

  public MalformedRequestException(String message) {
    this(message, Map.of());
  }

  /**
   * @param details what else the caller can use, never the input itself
   */
  public MalformedRequestException(String message, Map<String, Object> details) {
    super(message);
    this.details = Map.copyOf(details);
  }

  public Map<String, Object> details() {
    return details;
  }
}
