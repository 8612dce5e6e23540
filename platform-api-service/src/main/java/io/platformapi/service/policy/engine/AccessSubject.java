package io.platformapi.service.policy.engine;

import java.util.Map;
import java.util.Set;

/**
 * Who asks.
 *
 * @param id stable id
 * @param type kind of subject
 * @param tenant tenant it acts for, or null
 * @param roles roles assigned to it; the snapshot adds the inherited ones
 * @param scopes scopes of its credential
 * @param attributes declared attributes by name without {@code subject.}: String, Integer, Long,
 *     BigDecimal, Double, Boolean, Instant (or ISO 8601 text with an offset), collections of
 *     String; a null value means absent
 */
public record AccessSubject(
    String id,
    SubjectType type,
    String tenant,
    Set<String> roles,
    Set<String> scopes,
    Map<String, Object> attributes) {
  public AccessSubject {
    id = Attributes.text(id);
    tenant = Attributes.text(tenant);
    roles = Attributes.texts(roles);
    scopes = Attributes.texts(scopes);
    attributes = Attributes.normalised(attributes);
  }
}
