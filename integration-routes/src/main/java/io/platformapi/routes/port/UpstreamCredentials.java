package io.platformapi.routes.port;

import java.util.Map;

/** Knows what we present to what lies behind Kong. The values are secrets. */
@FunctionalInterface
public interface UpstreamCredentials {
  /** We present nothing to anybody. */
  UpstreamCredentials NONE = upstream -> Map.of();

  /**
   * Headers that every call of an upstream carries, unless the request has its own of that name.
   *
   * @param upstream first part of the path at Kong, such as {@code litellm}
   * @return name to value; empty when nothing is configured
   */
  Map<String, String> headersFor(String upstream);
}
