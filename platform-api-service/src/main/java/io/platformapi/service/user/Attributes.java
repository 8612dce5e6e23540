package io.platformapi.service.user;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.platformapi.service.problem.FieldProblem;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What policies read of a user: a flat map from a name to a text, a whole number (64 bits), a
 * decimal number, a boolean or a list of texts.
 *
 * <p>In Java these are String, Long, BigDecimal, Boolean and List of String. A number with a point
 * or an exponent is a decimal and stays one.
 */
final class Attributes {
  private static final String FIELD = "attributes";
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");
  // Policies read these of every subject, from the credential and the user itself.
  private static final Set<String> RESERVED = Set.of("id", "type", "tenant", "roles", "scopes");
  private static final int MAX_ATTRIBUTES = 64;
  private static final int MAX_TEXT = 256;
  private static final int MAX_LIST = 100;
  private static final int MAX_OCTETS = 16 * 1024;
  private static final int MAX_WHOLE_DIGITS = 18;
  private static final int MAX_PLACES = 9;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final List<FieldProblem> problems;

  /**
   * @param problems takes every broken rule
   */
  Attributes(List<FieldProblem> problems) {
    this.problems = problems;
  }

  /**
   * The attributes after a merge patch (RFC 7396).
   *
   * @param patch null when it says nothing of attributes
   */
  SortedMap<String, Object> merge(Map<String, Object> present, JsonNode patch) {
    SortedMap<String, Object> merged = new TreeMap<>(present);
    if (patch == null) {
      return merged;
    }
    if (patch.isNull()) {
      return new TreeMap<>();
    }
    if (!patch.isObject()) {
      problems.add(new FieldProblem(FIELD, "must be an object"));
      return merged;
    }
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      merge(merged, entry.getKey(), entry.getValue());
    }
    if (merged.size() > MAX_ATTRIBUTES) {
      problems.add(new FieldProblem(FIELD, "must not be more than " + MAX_ATTRIBUTES));
    } else if (write(merged).getBytes(StandardCharsets.UTF_8).length > MAX_OCTETS) {
      problems.add(new FieldProblem(FIELD, "must not be more than " + MAX_OCTETS + " octets"));
    }
    return merged;
  }

  private void merge(SortedMap<String, Object> merged, String name, JsonNode value) {
    if (!NAME.matcher(name).matches() || RESERVED.contains(name)) {
      // Not part of the field's path: a foreign name may be long and hold anything.
      problems.add(
          new FieldProblem(
              FIELD,
              "names must be 1 to 64 of A-Z, a-z, 0-9 and '_', begin with a letter, and not be one of "
                  + String.join(", ", RESERVED.stream().sorted().toList())));
      return;
    }
    if (value.isNull()) {
      merged.remove(name);
      return;
    }
    Object checked = value(FIELD + "." + name, value);
    if (checked != null) {
      merged.put(name, checked);
    }
  }

  private Object value(String path, JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isTextual()) {
      return text(path, value);
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    if (value.isFloatingPointNumber()) {
      return decimal(path, value.decimalValue());
    }
    if (value.isArray()) {
      return list(path, value);
    }
    problems.add(
        new FieldProblem(
            path, "must be a text, a number of 64 bits, a decimal, a boolean or a list of texts"));
    return null;
  }

  private String text(String path, JsonNode value) {
    if (value.isTextual() && Texts.plain(value.textValue(), 0, MAX_TEXT)) {
      return value.textValue();
    }
    problems.add(
        new FieldProblem(
            path, "must be a text of at most " + MAX_TEXT + " characters, none of them control"));
    return null;
  }

  private BigDecimal decimal(String path, BigDecimal given) {
    // Compared before it is written out: 1e999999999 is short only as long as it stays so.
    if (given.scale() > MAX_PLACES || given.precision() - given.scale() > MAX_WHOLE_DIGITS) {
      problems.add(
          new FieldProblem(
              path,
              "must have at most "
                  + MAX_WHOLE_DIGITS
                  + " digits before the point and "
                  + MAX_PLACES
                  + " after it"));
      return null;
    }
    // A place after the point keeps it a decimal wherever it is written and read again.
    return given.scale() < 1 ? given.setScale(1) : given;
  }

  private List<String> list(String path, JsonNode value) {
    if (value.size() > MAX_LIST) {
      problems.add(new FieldProblem(path, "must not have more than " + MAX_LIST + " items"));
      return null;
    }
    List<String> items = new ArrayList<>(value.size());
    for (int i = 0; i < value.size(); i++) {
      String item = text(path + "[" + i + "]", value.get(i));
      if (item == null) {
        return null;
      }
      items.add(item);
    }
    return List.copyOf(items);
  }

  /** As the column holds them. */
  static String write(Map<String, Object> attributes) {
    try {
      return JSON.writeValueAsString(attributes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("attributes are texts, numbers, booleans and lists", e);
    }
  }

  /** What the column holds. */
  static SortedMap<String, Object> read(String column) {
    try {
      SortedMap<String, Object> attributes = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : JSON.readTree(column).properties()) {
        attributes.put(entry.getKey(), stored(entry.getValue()));
      }
      return attributes;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a column of JSON that is none", e);
    }
  }

  private static Object stored(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.isIntegralNumber() ? (Object) value.longValue() : value.decimalValue();
      case ARRAY -> value.valueStream().map(JsonNode::textValue).toList();
      default -> value.textValue();
    };
  }
}
