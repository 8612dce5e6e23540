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
  /** Of a tenant that has declared nothing. */
  static final Vocabulary OF_PLATFORM = new Vocabulary(new PolicySchema(null, null, null));

  static final String SUBJECT = "subject.";
  static final String CONTEXT = "env.";
  static final String RESOURCE = "resource.";

  private final PolicySchema schema;
  private final AttributeSchema all;
  private final Map<String, AttributeSchema> byType = new HashMap<>();
  private final Map<String, Map<String, AttributeType>> resourceAttributes = new HashMap<>();
  private final Map<String, Set<String>> actions = new TreeMap<>(PlatformTypes.OF_TENANTS);

  /**
   * @throws IllegalArgumentException when the schema was not checked
   */
  Vocabulary(PolicySchema schema) {
    this.schema = schema;
    Map<String, AttributeType> common = new TreeMap<>();
    common.putAll(paths(SUBJECT, types(schema.subject())));
    common.putAll(paths(CONTEXT, types(schema.context())));
    AttributeSchema everywhere = AttributeSchema.builtIn().with(common);
    schema.resources().forEach(kind -> actions.put(kind.type(), new TreeSet<>(kind.actions())));
    schema
        .resources()
        .forEach(kind -> resourceAttributes.put(kind.type(), types(kind.attributes())));
    AttributeSchema collected = everywhere;
    for (Map<String, AttributeType> own : resourceAttributes.values()) {
      collected = collected.with(paths(RESOURCE, own));
    }
    for (String type : PlatformTypes.all()) {
      Map<String, AttributeType> own = ofPlatform(type);
      resourceAttributes.put(type, own);
      collected = withFree(collected, paths(RESOURCE, own));
    }
    resourceAttributes.forEach(
        (type, own) -> byType.put(type, everywhere.with(paths(RESOURCE, own))));
    this.all = collected;
  }

  private Map<String, AttributeType> ofPlatform(String type) {
    Map<String, AttributeType> own = new TreeMap<>();
    if (type.equals(PlatformTypes.USERS)) {
      own.putAll(types(schema.subject()));
    }
    own.putAll(PlatformTypes.attributes(type));
    return own;
  }

  /** What the tenant declares of its own types goes before what we call so of ours. */
  private static AttributeSchema withFree(
      AttributeSchema declared, Map<String, AttributeType> more) {
    AttributeSchema all = declared;
    for (Map.Entry<String, AttributeType> one : more.entrySet()) {
      if (all.problem(one.getKey(), one.getValue()).isEmpty()) {
        all = all.with(Map.of(one.getKey(), one.getValue()));
      }
    }
    return all;
  }

  PolicySchema schema() {
    return schema;
  }

  /** What a rule on this type may read; a rule on any type may read what some type has. */
  AttributeSchema attributesOf(String resourceType) {
    return byType.getOrDefault(resourceType, all);
  }

  /** Attributes that resources of this type have, by name. */
  Map<String, AttributeType> resourceAttributes(String resourceType) {
    return resourceAttributes.getOrDefault(resourceType, Map.of());
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

  private static Map<String, AttributeType> types(Map<String, String> declared) {
    Map<String, AttributeType> types = new TreeMap<>();
    declared.forEach(
        (name, type) ->
            types.put(
                name,
                type(type)
                    .orElseThrow(() -> new IllegalArgumentException("no attribute type " + type))));
    return types;
  }

  private static Map<String, AttributeType> paths(
      String prefix, Map<String, AttributeType> declared) {
    Map<String, AttributeType> paths = new TreeMap<>();
    declared.forEach((name, type) -> paths.put(prefix + name, type));
    return paths;
  }
}
