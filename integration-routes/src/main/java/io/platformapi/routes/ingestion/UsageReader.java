package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Reads the fields of one usage event in one pass over the parser's tokens: LiteLLM's whole
 * StandardLoggingPayload or our compact record. Everything else, messages and response included, is
 * skipped unread. Of a repeated name the last one counts, as in LiteLLM's own JSON library.
 */
final class UsageReader {
  private final UsageFields fields = new UsageFields();

  /** Reads the object the parser stands on; the fields are valid until the next reading. */
  UsageFields read(JsonParser parser) throws IOException {
    begin();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      accept(name, parser);
    }
    return fields;
  }

  /** Reads a StandardLoggingPayload; our compact names mean nothing in it. */
  UsageFields readGateway(JsonParser parser) throws IOException {
    begin();
    fields.clearMetadata();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (!acceptGateway(name, parser)) {
        parser.skipChildren();
      }
    }
    return fields;
  }

  void begin() {
    fields.clear();
  }

  /** Takes one field of an object whose names somebody else iterates. */
  void accept(String name, JsonParser parser) throws IOException {
    if (acceptGateway(name, parser)) {
      return;
    }
    UsageField compact = UsageField.compact(name);
    if (compact != null) {
      fields.setCompact(compact, parser);
    } else {
      parser.skipChildren();
    }
  }

  UsageFields fields() {
    return fields;
  }

  private boolean acceptGateway(String name, JsonParser parser) throws IOException {
    UsageField field = UsageField.top(name);
    if (field != null) {
      fields.setGateway(field, parser);
      return true;
    }
    if (name.equals(UsageField.METADATA)) {
      metadata(parser);
      return true;
    }
    return false;
  }

  private void metadata(JsonParser parser) throws IOException {
    fields.clearMetadata();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      UsageField field = UsageField.inMetadata(name);
      if (field != null) {
        fields.setGateway(field, parser);
      } else if (token == JsonToken.START_OBJECT && name.equals(UsageField.AUTH_METADATA)) {
        authMetadata(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void authMetadata(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      UsageField field = UsageField.inAuthMetadata(parser.currentName());
      parser.nextToken();
      if (field != null) {
        fields.setGateway(field, parser);
      } else {
        parser.skipChildren();
      }
    }
  }
}
