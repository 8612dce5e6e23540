package io.platformapi.service.openapi;

import java.util.LinkedHashMap;
import java.util.Map;

/** Builds ordered maps in one expression. */
final class Tree {
  private Tree() {}

  /** A map of names and values in turn; a null value is left out. */
  static Map<String, Object> of(Object... namesAndValues) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1] != null) {
        tree.put((String) namesAndValues[i], namesAndValues[i + 1]);
      }
    }
    return tree;
  }

  static Map<String, Object> ref(String kind, String name) {
    return of("$ref", "#/components/" + kind + "/" + name);
  }
}
