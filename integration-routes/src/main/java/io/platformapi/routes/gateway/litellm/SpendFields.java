package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.platformapi.routes.support.DisplayText;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Arrays;

/** The scalars of one spend row as written, before any judgement. Reused from row to row. */
final class SpendFields {
  private static final SpendField[] FIELDS = SpendField.values();

  private final JsonFactory json;
  private final JsonToken[] tokens = new JsonToken[FIELDS.length];
  private final String[] texts = new String[FIELDS.length];

  SpendFields(JsonFactory json) {
    this.json = json;
  }

  /** Reads the object that the parser stands on; of a repeated name the last one counts. */
  void read(JsonParser parser) throws IOException {
    Arrays.fill(tokens, null);
    Arrays.fill(texts, null);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      SpendField field = SpendField.top(name);
      if (field != null) {
        set(field, parser);
      } else if (token == JsonToken.START_OBJECT && name.equals(SpendField.METADATA)) {
        metadata(parser);
      } else if (token == JsonToken.VALUE_STRING && name.equals(SpendField.METADATA)) {
        metadata(parser.getText());
      } else {
        parser.skipChildren();
      }
    }
  }

  /** LiteLLM before its #29674 wrote the column as the text of an object. */
  private void metadata(String text) throws IOException {
    try (JsonParser parser = json.createParser(text)) {
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        metadata(parser);
      }
    } catch (JacksonException e) {
      // What came before the broken place counts; the rest is as good as absent.
      return;
    }
  }

  private void metadata(JsonParser parser) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      SpendField field = SpendField.inMetadata(parser.currentName());
      parser.nextToken();
      if (field != null) {
        set(field, parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void set(SpendField field, JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    tokens[field.ordinal()] = token;
    texts[field.ordinal()] =
        token.isScalarValue() && token != JsonToken.VALUE_NULL ? parser.getText() : null;
    parser.skipChildren();
  }

  /** The field's JSON type; null when it is absent or null. */
  JsonToken token(SpendField field) {
    JsonToken token = tokens[field.ordinal()];
    return token == JsonToken.VALUE_NULL ? null : token;
  }

  /** The field's characters, or null. */
  String text(SpendField field) {
    return texts[field.ordinal()];
  }

  /** The fields as one JSON object. */
  String received() throws IOException {
    StringWriter out = new StringWriter(1_024);
    try (JsonGenerator writer = json.createGenerator(out)) {
      writer.writeStartObject();
      boolean metadata = false;
      for (SpendField field : FIELDS) {
        if (field.inMetadata() && !metadata) {
          metadata = true;
          writer.writeObjectFieldStart(SpendField.METADATA);
        }
        write(writer, field);
      }
      if (metadata) {
        writer.writeEndObject();
      }
      writer.writeEndObject();
    }
    return out.toString();
  }

  private void write(JsonGenerator writer, SpendField field) throws IOException {
    JsonToken token = token(field);
    if (token == null || !token.isScalarValue()) {
      return;
    }
    String text = text(field);
    writer.writeFieldName(field.gatewayName());
    switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> writer.writeNumber(text);
      case VALUE_TRUE -> writer.writeBoolean(true);
      case VALUE_FALSE -> writer.writeBoolean(false);
      default -> writer.writeString(DisplayText.clean(text));
    }
  }
}
