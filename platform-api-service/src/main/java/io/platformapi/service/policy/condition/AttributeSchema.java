package io.platformapi.service.policy.condition;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which attributes conditions may read, and their types. Always has the built-in ones: {@code
 * subject.id|type|tenant} (string), {@code subject.roles|scopes} (string list), {@code
 * resource.type|id|tenant} (string), {@code env.time} (time), {@code env.ip|requestId|credential}
 * (string). Immutable.
 */
public final class AttributeSchema {
  private static final Pattern PATH =
      Pattern.compile("(subject|resource|env)\\.([A-Za-z][A-Za-z0-9_]{0,63})");

  private static final AttributeSchema BUILT_IN = new AttributeSchema(builtIns());

  private final Map<String, Attribute> attributes;

  private AttributeSchema(Map<String, Attribute> attributes) {
    this.attributes = attributes;
  }

  /** Only the built-in attributes. */
  public static AttributeSchema builtIn() {
    return BUILT_IN;
  }

  /**
   * This schema and more attributes.
   *
   * @param declared type by path, such as {@code subject.department}; a name has letters, digits
   *     and underscores, begins with a letter, and has at most 64 characters
   * @throws IllegalArgumentException when a path is malformed or already declared with another
   *     type; {@link #problem} says so beforehand
   */
  public AttributeSchema with(Map<String, AttributeType> declared) {
    Map<String, Attribute> all = new TreeMap<>(attributes);
    declared.forEach(
        (path, type) -> {
          problem(path, type)
              .ifPresent(
                  message -> {
                    throw new IllegalArgumentException(path + " " + message);
                  });
          all.computeIfAbsent(path, absent -> attribute(path, type));
        });
    return new AttributeSchema(all);
  }

  /** What is wrong with declaring this path so, if anything. */
  public Optional<String> problem(String path, AttributeType type) {
    if (!PATH.matcher(path).matches()) {
      return Optional.of("must be subject, resource or env, a dot and a name");
    }
    if (AviatorTranslation.WORDS.contains(path.substring(path.indexOf('.') + 1))) {
      return Optional.of("is a reserved word");
    }
    Attribute present = attributes.get(path);
    return present == null || present.type() == type
        ? Optional.empty()
        : Optional.of("is declared as " + present.type().text());
  }

  /** Type of a path, empty when it is not declared. */
  public Optional<AttributeType> type(String path) {
    return Optional.ofNullable(attributes.get(path)).map(Attribute::type);
  }

  /** All attributes by path, the built-in ones too, sorted. */
  public Map<String, AttributeType> attributes() {
    Map<String, AttributeType> types = new TreeMap<>();
    attributes.forEach((path, attribute) -> types.put(path, attribute.type()));
    return Collections.unmodifiableMap(types);
  }

  /** The attribute with this path, or null. */
  Attribute attribute(String path) {
    return attributes.get(path);
  }

  private static Attribute attribute(String path, AttributeType type) {
    int dot = path.indexOf('.');
    for (Root root : Root.values()) {
      if (root.text().equals(path.substring(0, dot))) {
        return new Attribute(root, path.substring(dot + 1), type, null);
      }
    }
    throw new IllegalArgumentException(path);
  }

  private static Map<String, Attribute> builtIns() {
    return Arrays.stream(BuiltIn.values())
        .map(BuiltIn::attribute)
        .collect(
            Collectors.toMap(
                Attribute::path, attribute -> attribute, (one, other) -> one, TreeMap::new));
  }
}
