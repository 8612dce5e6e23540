package io.platformapi.service.policy.engine;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A request as a caller might send it, before any of our code has looked at it.
 *
 * @param roles roles of the subject
 * @param action the action
 * @param values value by path, {@code resource.type} and the other built-in ones too
 */
record GeneratedRequest(Set<String> roles, String action, Map<String, Object> values) {

  String resourceType() {
    return (String) values.get("resource.type");
  }

  String resourceTenant() {
    return (String) values.get("resource.tenant");
  }

  AccessRequest request() {
    return new AccessRequest(subject(), action, resource(), environment());
  }

  AccessSubject subject() {
    Map<String, Object> declared = of("subject.");
    return new AccessSubject(
        (String) declared.remove("id"),
        subjectType((String) declared.remove("type")),
        (String) declared.remove("tenant"),
        strings(declared.remove("roles")),
        strings(declared.remove("scopes")),
        declared);
  }

  AccessResource resource() {
    Map<String, Object> declared = of("resource.");
    return new AccessResource(
        (String) declared.remove("type"),
        (String) declared.remove("id"),
        (String) declared.remove("tenant"),
        declared);
  }

  AccessEnvironment environment() {
    Map<String, Object> declared = of("env.");
    return new AccessEnvironment(
        (Instant) declared.remove("time"),
        (String) declared.remove("ip"),
        (String) declared.remove("requestId"),
        (String) declared.remove("credential"),
        declared);
  }

  /** Values by name without the root. */
  Map<String, Object> of(String root) {
    Map<String, Object> some = new HashMap<>();
    new TreeMap<>(values)
        .forEach(
            (path, value) -> {
              if (path.startsWith(root)) {
                some.put(path.substring(root.length()), value);
              }
            });
    return some;
  }

  private static SubjectType subjectType(String text) {
    for (SubjectType type : SubjectType.values()) {
      if (type.text().equals(text)) {
        return type;
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked")
  private static Set<String> strings(Object value) {
    return (Set<String>) value;
  }
}
