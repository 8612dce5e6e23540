package io.platformapi.service.policy.engine;

import java.util.Map;
import java.util.Objects;

/**
 * What is asked for.
 *
 * @param type its type, such as {@code quota}
 * @param id its id, or null when it has none yet
 * @param tenant its tenant, or null when it is the platform's
 * @param attributes as in {@link AccessSubject}, by name without {@code resource.}
 */
public record AccessResource(
    String type, String id, String tenant, Map<String, Object> attributes) {
  public AccessResource {
    Objects.requireNonNull(type, "type");
    id = Attributes.text(id);
    tenant = Attributes.text(tenant);
    attributes = Attributes.normalised(attributes);
  }
}
