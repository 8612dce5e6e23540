package io.platformapi.service.auth;

import java.util.Map;

/**
 * One resource, as far as policies may look at it.
 *
 * @param id its id, or null when it has none
 * @param attributes by name without {@code resource.}, as policies have them declared for the type;
 *     null values count as absent
 */
public record ResourceView(String id, Map<String, Object> attributes) {
  /**
   * Stands for all resources of the type at once: what depends on a single one cannot be told of
   * it, so it denies.
   */
  public static final ResourceView ALL = new ResourceView(null, Map.of());

  /** Attributes may be personal: they stay out of logs. */
  @Override
  public String toString() {
    return "ResourceView[id=" + id + "]";
  }
}
