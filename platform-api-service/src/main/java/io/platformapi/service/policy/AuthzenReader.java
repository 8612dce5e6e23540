package io.platformapi.service.policy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.problem.MalformedRequestException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads AuthZEN's questions (Authorization API 1.0, sections 5 to 7): what it requires must be
 * there, what it does not know is ignored.
 */
final class AuthzenReader {
  /** Properties of an action are read as {@code env.action_<name>}. */
  static final String ACTION_PREFIX = "action_";

  private static final List<String> ENTITIES = List.of("subject", "action", "resource");
  private static final List<String> KEYS = List.of("type", "id", "name");
  private static final String CONTEXT = "context";
  private static final String PROPERTIES = "properties";
  private static final int MAX_TEXT = 256;
  private static final int MAX_LIST = 500;
  private static final int MAX_MEMBERS = 500;
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final ObjectMapper mapper;

  AuthzenReader(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * @throws MalformedRequestException that names what is missing or of another type
   */
  CheckRequest question(JsonNode asked) {
    return question(asked, new IdentityHashMap<>());
  }

  /**
   * @param known objects that were read for another question: one default may stand in hundreds
   */
  CheckRequest question(JsonNode asked, Map<JsonNode, Map<String, Object>> known) {
    JsonNode subject = entity(asked, "subject");
    JsonNode action = entity(asked, "action");
    JsonNode resource = entity(asked, "resource");
    Map<String, Object> said = properties(subject, "subject", known);
    Map<String, Object> context = new LinkedHashMap<>(map(asked.get(CONTEXT), CONTEXT, known));
    properties(action, "action", known)
        .forEach((name, value) -> context.put(ACTION_PREFIX + name, value));
    return new CheckRequest(
        new AskedSubject(
            text(subject, "subject", "type"),
            text(subject, "subject", "id"),
            texts(said.get("roles")),
            texts(said.get("scopes")),
            said),
        new AskedResource(
            text(resource, "resource", "type"),
            text(resource, "resource", "id"),
            properties(resource, "resource", known)),
        text(action, "action", "name"),
        context);
  }

  /**
   * One of many questions: what it leaves out is taken from the defaults, as a whole or, where it
   * has an entity without one of its required keys, that key.
   */
  JsonNode merged(JsonNode defaults, JsonNode item) {
    if (!item.isObject()) {
      throw new MalformedRequestException("an evaluation must be an object");
    }
    ObjectNode merged = item.deepCopy();
    for (String name : ENTITIES) {
      JsonNode general = defaults.get(name);
      JsonNode own = merged.get(name);
      if (own == null) {
        merged.set(name, general);
      } else if (own.isObject() && general != null && general.isObject()) {
        for (String key : KEYS) {
          if (!own.has(key) && general.has(key)) {
            ((ObjectNode) own).set(key, general.get(key));
          }
        }
      }
    }
    if (!merged.has(CONTEXT)) {
      merged.set(CONTEXT, defaults.get(CONTEXT));
    }
    return merged;
  }

  private static JsonNode entity(JsonNode asked, String name) {
    JsonNode entity = asked.get(name);
    if (entity == null || entity.isNull()) {
      throw new MalformedRequestException(name + " is required");
    }
    if (!entity.isObject()) {
      throw new MalformedRequestException(name + " must be an object");
    }
    return entity;
  }

  private static String text(JsonNode entity, String path, String name) {
    JsonNode text = entity.get(name);
    if (text == null
        || !text.isTextual()
        || text.textValue().isEmpty()
        || text.textValue().length() > MAX_TEXT
        || !AttributeType.storable(text.textValue())) {
      throw new MalformedRequestException(
          path + "." + name + " must be a text of 1 to " + MAX_TEXT + " characters without NUL");
    }
    return text.textValue();
  }

  private Map<String, Object> properties(
      JsonNode entity, String path, Map<JsonNode, Map<String, Object>> known) {
    return map(entity.get(PROPERTIES), path + "." + PROPERTIES, known);
  }

  private Map<String, Object> map(
      JsonNode node, String path, Map<JsonNode, Map<String, Object>> known) {
    if (node == null || node.isNull()) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw new MalformedRequestException(path + " must be an object");
    }
    if (node.size() > MAX_MEMBERS) {
      throw new MalformedRequestException(
          path + " must not have more than " + MAX_MEMBERS + " members");
    }
    return known.computeIfAbsent(node, unread -> mapper.convertValue(unread, MAP));
  }

  /** The texts of a list, or null for anything else. */
  private static List<String> texts(Object value) {
    if (!(value instanceof List<?> list) || list.size() > MAX_LIST) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof String text)) {
        return null;
      }
      texts.add(text);
    }
    return texts;
  }
}
