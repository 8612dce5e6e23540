package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.support.DisplayText;
import java.io.IOException;
import java.util.Arrays;

/** The scalars of one usage event as written, before any judgement. Reused from event to event. */
final class UsageFields {

  /** What a field holds; numbers and strings keep their characters. */
  enum Kind {
    ABSENT,
    NULL,
    STRING,
    INTEGER,
    DECIMAL,
    TRUE,
    FALSE,
    STRUCTURE
  }

  private static final int FIELDS = UsageField.values().length;

  // The first half holds what LiteLLM's names and the shared names gave, the second what the
  // compact names gave: which half counts is known only at the end of the object.
  private final Kind[] kinds = new Kind[2 * FIELDS];
  private final String[] texts = new String[2 * FIELDS];
  private boolean filled = true;
  private boolean gatewaySeen;
  private boolean compactSeen;

  UsageFields() {
    clear();
  }

  void clear() {
    if (filled) {
      Arrays.fill(kinds, Kind.ABSENT);
      Arrays.fill(texts, null);
      filled = false;
    }
    gatewaySeen = false;
    compactSeen = false;
  }

  void clearMetadata() {
    gatewaySeen = true;
    for (UsageField field : UsageField.OF_METADATA) {
      kinds[field.ordinal()] = Kind.ABSENT;
      texts[field.ordinal()] = null;
    }
  }

  /** Takes the parser's current value under one of LiteLLM's names. */
  void setGateway(UsageField field, JsonParser parser) throws IOException {
    if (field == UsageField.CALL_ID) {
      gatewaySeen = true;
    }
    set(field.ordinal(), parser);
  }

  /** Takes a value under one of LiteLLM's names. */
  void setGateway(UsageField field, Kind kind, String text) {
    if (field == UsageField.CALL_ID) {
      gatewaySeen = true;
    }
    put(field.ordinal(), kind, text);
  }

  /** Takes the parser's current value under one of our compact names. */
  void setCompact(UsageField field, JsonParser parser) throws IOException {
    if (field == UsageField.CALL_ID) {
      compactSeen = true;
    }
    set(FIELDS + field.ordinal(), parser);
  }

  /** True for a StandardLoggingPayload: then only LiteLLM's own names count. */
  boolean gateway() {
    return gatewaySeen;
  }

  /** True when the object is a usage record of either form. */
  boolean recognized() {
    return gatewaySeen || compactSeen;
  }

  Kind kind(UsageField field) {
    return kinds[index(field)];
  }

  String text(UsageField field) {
    return texts[index(field)];
  }

  boolean present(UsageField field) {
    Kind kind = kind(field);
    return kind != Kind.ABSENT && kind != Kind.NULL;
  }

  /**
   * Who pays for the call. What is not a clean string of sensible length cannot be registered, so
   * it is left out: a directory need not cope with it.
   */
  CallOwner owner() {
    return new CallOwner(
        ownerId(UsageField.TEAM_ID),
        ownerId(UsageField.ORGANIZATION_ID),
        ownerId(UsageField.AUTH_TENANT_ID));
  }

  private String ownerId(UsageField field) {
    String text = kind(field) == Kind.STRING ? text(field) : null;
    return text == null || text.isEmpty() || !DisplayText.isClean(text) ? null : text;
  }

  private int index(UsageField field) {
    return gatewaySeen || field.shared() ? field.ordinal() : FIELDS + field.ordinal();
  }

  private void set(int index, JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    switch (token) {
      case VALUE_STRING -> put(index, Kind.STRING, parser.getText());
      case VALUE_NUMBER_INT -> put(index, Kind.INTEGER, parser.getText());
      case VALUE_NUMBER_FLOAT -> put(index, Kind.DECIMAL, parser.getText());
      case VALUE_TRUE -> put(index, Kind.TRUE, "true");
      case VALUE_FALSE -> put(index, Kind.FALSE, "false");
      case VALUE_NULL -> put(index, Kind.NULL, null);
      default -> {
        parser.skipChildren();
        put(index, Kind.STRUCTURE, null);
      }
    }
  }

  private void put(int index, Kind kind, String text) {
    filled = true;
    kinds[index] = kind;
    texts[index] = text;
  }
}
