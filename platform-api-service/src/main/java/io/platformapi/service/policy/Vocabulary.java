package io.platformapi.service.policy;

import io.platformapi.service.policy.condition.AttributeSchema;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.engine.Rule;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the rules of one tenant may speak of: attributes, resource types, actions. */
final class Vocabulary {
  static final String SUBJECT = "subject.";
  static final String CONTEXT = "env.";
  static final String RESOURCE = "resource.";

  private final PolicySchema schema;
  private final AttributeSchema all;
  private final Map<String, AttributeSchema> byType = new HashMap<>();
  private final Map<String, Set<String>> resourceAttributes = new HashMap<>();
  private final Map<String, Set<String>> actions = new TreeMap<>(PlatformTypes.OF_TENANTS);

  /**
   * @throws IllegalArgumentException when the schema was not checked
   */
  Vocabulary(PolicySchema schema) {
    this.schema = schema;
    Map<String, AttributeType> common = new TreeMap<>();
    common.putAll(paths(SUBJECT, schema.subject()));
    common.putAll(paths(CONTEXT, schema.context()));
    AttributeSchema everywhere = AttributeSchema.builtIn().with(common);
    AttributeSchema collected = everywhere;
    for (ResourceKind kind : schema.resources()) {
      Map<String, AttributeType> own = paths(RESOURCE, kind.attributes());
      collected = collected.with(own);
      byType.put(kind.type(), everywhere.with(own));
      actions.put(kind.type(), new TreeSet<>(kind.actions()));
      resourceAttributes.put(kind.type(), Set.copyOf(kind.attributes().keySet()));
    }
    PlatformTypes.OF_TENANTS.keySet().forEach(type -> byType.put(type, everywhere));
    this.all = collected;
  }

  PolicySchema schema() {
    return schema;
  }

  /** All attributes, of whatever type of resource. */
  AttributeSchema attributes() {
    return all;
  }

  /** What a rule on this type may read; a rule on any type may read what some type has. */
  AttributeSchema attributesOf(String resourceType) {
    return byType.getOrDefault(resourceType, all);
  }

  /** Names of the attributes that resources of this type have. */
  Set<String> resourceAttributes(String resourceType) {
    return resourceAttributes.getOrDefault(resourceType, Set.of());
  }

  /** Whether a tenant's rule may name this type. */
  boolean knowsType(String resourceType) {
    return resourceType.equals(Rule.ANY) || actions.containsKey(resourceType);
  }

  /** Whether a tenant's rule on this type may name the action. */
  boolean knowsAction(String resourceType, String action) {
    if (action.equals(Rule.ANY)) {
      return true;
    }
    return resourceType.equals(Rule.ANY)
        ? actions.values().stream().anyMatch(known -> known.contains(action))
        : actions.getOrDefault(resourceType, Set.of()).contains(action);
  }

  /** Type by its name on the wire. */
  static Optional<AttributeType> type(String text) {
    return Arrays.stream(AttributeType.values())
        .filter(type -> type.text().equals(text))
        .findFirst();
  }

  private static Map<String, AttributeType> paths(String prefix, Map<String, String> declared) {
    Map<String, AttributeType> paths = new TreeMap<>();
    declared.forEach(
        (name, type) ->
            paths.put(
                prefix + name,
                type(type)
                    .orElseThrow(() -> new IllegalArgumentException("no attribute type " + type))));
    return paths;
  }
}
