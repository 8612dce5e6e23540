package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.platformapi.routes.ingestion.UsageFields.Kind;
import io.platformapi.routes.support.DisplayText;
import io.platformapi.routes.support.EventTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/**
 * Writes usage events as envelopes with the compact record: no prompts, and each scalar with the
 * characters and the type it came with, so that the consumer judges what LiteLLM wrote. Not for use
 * by several threads.
 */
final class CompactWriter implements AutoCloseable {
  private static final int USUAL_BYTES = 1_500;
  // Identity needs these uncut, resolution needs the owners unchanged.
  private static final Set<UsageField> VERBATIM =
      EnumSet.of(
          UsageField.CALL_ID,
          UsageField.ID,
          UsageField.STATUS,
          UsageField.START_TIME,
          UsageField.TEAM_ID,
          UsageField.ORGANIZATION_ID,
          UsageField.AUTH_TENANT_ID);
  private static final UsageField[] FIELDS = UsageField.values();

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(USUAL_BYTES);
  private final JsonGenerator json;
  private final EventIdentity identity = new EventIdentity();
  private final String occurredAt;
  private final String correlationId;

  CompactWriter(JsonFactory factory, String occurredAt, String correlationId) throws IOException {
    this.json = factory.createGenerator(out);
    this.json.setRootValueSeparator(null);
    this.occurredAt = occurredAt;
    this.correlationId = correlationId;
  }

  byte[] envelope(UsageFields fields, String tenantId) throws IOException {
    out.reset();
    UUID eventId = identity.of(fields);
    json.writeStartObject();
    json.writeStringField("eventId", (eventId == null ? UUID.randomUUID() : eventId).toString());
    json.writeStringField("type", EventTypes.USAGE_RECORDED);
    json.writeStringField("occurredAt", occurredAt);
    json.writeStringField("tenantId", tenantId);
    json.writeNullField("platformId");
    json.writeStringField("correlationId", correlationId);
    json.writeStringField("actor", "litellm");
    json.writeObjectFieldStart("payload");
    for (UsageField field : FIELDS) {
      if (field == UsageField.TENANT_ID) {
        if (tenantId != null) {
          json.writeStringField(field.compactName(), tenantId);
        }
      } else if (fields.present(field)) {
        json.writeFieldName(field.compactName());
        value(field, fields.kind(field), fields.text(field));
      }
    }
    json.writeEndObject();
    json.writeEndObject();
    json.flush();
    return out.toByteArray();
  }

  private void value(UsageField field, Kind kind, String text) throws IOException {
    switch (kind) {
      case STRING -> {
        if (field == UsageField.COST) {
          // The compact record allows a decimal string, LiteLLM's does not: keep it wrong.
          structure();
        } else {
          json.writeString(VERBATIM.contains(field) ? text : DisplayText.clean(text));
        }
      }
      case INTEGER, DECIMAL -> json.writeNumber(text);
      case TRUE -> json.writeBoolean(true);
      case FALSE -> json.writeBoolean(false);
      case STRUCTURE -> structure();
      case ABSENT, NULL -> json.writeNull();
    }
  }

  private void structure() throws IOException {
    json.writeStartArray();
    json.writeEndArray();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
