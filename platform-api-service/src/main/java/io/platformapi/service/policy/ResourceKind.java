package io.platformapi.service.policy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A type of resources of the tenant's own systems.
 *
 * @param type its name
 * @param actions what can be done to them
 * @param attributes type of each attribute by name; none when absent. Types that have an attribute
 *     of the same name declare it with the same type
 */
public record ResourceKind(String type, List<String> actions, Map<String, String> attributes) {

  public ResourceKind {
    attributes = attributes == null ? Map.of() : new TreeMap<>(attributes);
  }
}
