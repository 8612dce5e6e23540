package io.platformapi.service.policy.engine;

import io.platformapi.service.policy.condition.AttributeType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Brings what a request carries into the form that conditions read cheaply. */
final class Attributes {
  private Attributes() {}

  static Map<String, Object> normalised(Map<String, Object> attributes) {
    if (attributes == null || attributes.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> normalised = new HashMap<>();
    attributes.forEach(
        (name, value) -> {
          if (name != null && value != null) {
            normalised.put(name, AttributeType.normalised(value));
          }
        });
    return Map.copyOf(normalised);
  }

  /** Text that a database cannot store counts as absent. */
  static String text(String text) {
    return text != null && AttributeType.storable(text) ? text : null;
  }

  static Set<String> texts(Set<String> texts) {
    if (texts == null || texts.isEmpty()) {
      return Set.of();
    }
    for (String text : texts) {
      if (text(text) == null) {
        return storable(texts);
      }
    }
    // Nearly always, and no copy when the set is immutable already.
    return Set.copyOf(texts);
  }

  private static Set<String> storable(Set<String> texts) {
    Set<String> storable = new HashSet<>();
    for (String text : texts) {
      if (text(text) != null) {
        storable.add(text);
      }
    }
    return Set.copyOf(storable);
  }
}
