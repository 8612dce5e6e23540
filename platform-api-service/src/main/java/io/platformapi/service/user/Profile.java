package io.platformapi.service.user;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What can be changed of a user, checked.
 *
 * @param subject {@code sub} of its tokens, or null
 * @param email as it was written, or null
 */
record Profile(
    String subject,
    String email,
    String displayName,
    UserStatus status,
    SortedSet<String> roles,
    SortedMap<String, Object> attributes) {

  /** Names of the fields in which another profile differs; attributes one by one. */
  List<String> changedIn(Profile other) {
    List<String> changed = new ArrayList<>();
    note(changed, "subject", subject, other.subject);
    note(changed, "email", email, other.email);
    note(changed, "displayName", displayName, other.displayName);
    note(changed, "status", status, other.status);
    note(changed, "roles", roles, other.roles);
    for (String name : names(attributes, other.attributes)) {
      note(changed, "attributes." + name, attributes.get(name), other.attributes.get(name));
    }
    return List.copyOf(changed);
  }

  private static TreeSet<String> names(Map<String, Object> one, Map<String, Object> other) {
    TreeSet<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    return names;
  }

  private static void note(List<String> changed, String name, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      changed.add(name);
    }
  }
}
