package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.platformapi.routes.ingestion.UsageFields.Kind;
import io.platformapi.routes.message.QuotaSnapshot;
import io.platformapi.routes.support.DisplayText;
import io.platformapi.routes.support.EventTypes;
import io.platformapi.routes.support.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads one record of the usage topic: an envelope with a usage record or a quota snapshot, or a
 * usage record without envelope. Not for use by several threads.
 */
final class EventReader {
  static final int MAX_BYTES = 1 << 20;

  private final JsonFactory json;
  private final UsageReader bare = new UsageReader();
  private final UsageReader payloads = new UsageReader();
  private final UsageValidator validator = new UsageValidator();

  EventReader(JsonFactory json) {
    this.json = json;
  }

  /** The envelope's fields as they were met; of a repeated one the last. */
  private static final class Envelope {
    String type;
    String eventId;
    String tenantId;
    String occurredAt;
    JsonToken occurredAtToken = JsonToken.VALUE_NULL;
    boolean tenantIdMistyped;
    JsonToken payload;
    int payloadFrom;
    int payloadTo;
    boolean payloadRead;
  }

  IngestEvent read(byte[] value) throws RejectedException {
    if (value == null) {
      throw new RejectedException(RejectReason.MALFORMED_JSON, null);
    }
    if (value.length > MAX_BYTES) {
      throw new RejectedException(RejectReason.OVERSIZE, null);
    }
    try {
      return parse(value);
    } catch (IOException e) {
      throw new RejectedException(RejectReason.MALFORMED_JSON, null);
    }
  }

  private IngestEvent parse(byte[] value) throws IOException, RejectedException {
    Envelope envelope = new Envelope();
    try (JsonParser parser = json.createParser(value)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new RejectedException(RejectReason.MALFORMED_JSON, null);
      }
      if (first != JsonToken.START_OBJECT) {
        parser.skipChildren();
        throw new RejectedException(RejectReason.NOT_AN_OBJECT, null);
      }
      bare.begin();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        field(envelope, name, parser);
      }
      if (parser.nextToken() != null) {
        throw new RejectedException(RejectReason.MALFORMED_JSON, null);
      }
    }
    return judge(envelope, value);
  }

  private void field(Envelope envelope, String name, JsonParser parser) throws IOException {
    switch (name) {
      case "type" -> envelope.type = text(parser);
      case "eventId" -> envelope.eventId = text(parser);
      case "occurredAt" -> {
        // Kept as written: only a snapshot needs it as a time.
        envelope.occurredAtToken = parser.currentToken();
        envelope.occurredAt = envelope.occurredAtToken.isScalarValue() ? parser.getText() : null;
      }
      case "tenantId" -> {
        envelope.tenantId = text(parser);
        envelope.tenantIdMistyped =
            envelope.tenantId == null && parser.currentToken() != JsonToken.VALUE_NULL;
      }
      case "payload" -> payload(envelope, parser);
      default -> bare.accept(name, parser);
    }
    // An object in the place of a scalar.
    parser.skipChildren();
  }

  private void payload(Envelope envelope, JsonParser parser) throws IOException {
    envelope.payload = parser.currentToken();
    envelope.payloadFrom = (int) parser.currentTokenLocation().getByteOffset();
    envelope.payloadRead =
        envelope.payload == JsonToken.START_OBJECT
            && EventTypes.USAGE_RECORDED.equals(envelope.type);
    if (envelope.payloadRead) {
      payloads.read(parser);
    } else {
      parser.skipChildren();
    }
    envelope.payloadTo = (int) parser.currentLocation().getByteOffset();
  }

  private IngestEvent judge(Envelope envelope, byte[] value) throws IOException, RejectedException {
    if (envelope.type == null && envelope.payload == null && bare.fields().recognized()) {
      return usage(envelope, bare.fields());
    }
    boolean usage = EventTypes.USAGE_RECORDED.equals(envelope.type);
    if (!usage && !EventTypes.QUOTA_UPDATED.equals(envelope.type)) {
      throw new RejectedException(RejectReason.UNKNOWN_TYPE, "type");
    }
    if (envelope.payload == null || envelope.payload == JsonToken.VALUE_NULL) {
      throw new RejectedException(RejectReason.MISSING_FIELD, "payload");
    }
    if (envelope.payload != JsonToken.START_OBJECT) {
      throw new RejectedException(RejectReason.NOT_AN_OBJECT, "payload");
    }
    if (!usage) {
      return snapshot(envelope, value);
    }
    return usage(envelope, envelope.payloadRead ? payloads.fields() : payload(envelope, value));
  }

  private UsageFields payload(Envelope envelope, byte[] value)
      throws IOException, RejectedException {
    if (envelope.payloadFrom < 0) {
      // Not UTF-8: the parser knows no byte offsets.
      throw new RejectedException(RejectReason.MALFORMED_JSON, null);
    }
    int length = envelope.payloadTo - envelope.payloadFrom;
    try (JsonParser parser = json.createParser(value, envelope.payloadFrom, length)) {
      parser.nextToken();
      return payloads.read(parser);
    }
  }

  private IngestEvent usage(Envelope envelope, UsageFields fields) throws RejectedException {
    if (envelope.tenantIdMistyped) {
      throw new RejectedException(RejectReason.WRONG_TYPE, "tenantId");
    }
    UsageValidator.checkOwner(fields);
    String claimed = claimed(envelope.tenantId, fields.text(UsageField.TENANT_ID));
    return new IngestEvent.Usage(
        validator.validate(fields), fields.owner(), claimed, fields.gateway());
  }

  private IngestEvent snapshot(Envelope envelope, byte[] value)
      throws IOException, RejectedException {
    UsageFields fields = payload(envelope, value);
    if (envelope.tenantIdMistyped
        || fields.present(UsageField.TENANT_ID)
            && fields.kind(UsageField.TENANT_ID) != Kind.STRING) {
      throw new RejectedException(RejectReason.WRONG_TYPE, "tenantId");
    }
    String claimed = claimed(envelope.tenantId, fields.text(UsageField.TENANT_ID));
    if (claimed == null) {
      throw new RejectedException(RejectReason.MISSING_FIELD, "tenantId");
    }
    if (envelope.occurredAtToken == JsonToken.VALUE_NULL) {
      throw new RejectedException(RejectReason.MISSING_FIELD, "occurredAt");
    }
    Instant occurredAt = occurredAt(envelope);
    if (occurredAt == null) {
      throw new RejectedException(RejectReason.INVALID_TIME, "occurredAt");
    }
    byte[] payload = Arrays.copyOfRange(value, envelope.payloadFrom, envelope.payloadTo);
    String eventId =
        envelope.eventId == null || envelope.eventId.isEmpty()
            ? Sha256.hex(payload)
            : DisplayText.clean(envelope.eventId);
    return new IngestEvent.Snapshot(
        new QuotaSnapshot(eventId, occurredAt, new String(payload, StandardCharsets.UTF_8)),
        claimed);
  }

  /** The tenant that the event names; naming two is a contradiction. */
  private static String claimed(String byEnvelope, String byPayload) throws RejectedException {
    String envelope = byEnvelope == null || byEnvelope.isEmpty() ? null : byEnvelope;
    String payload = byPayload == null || byPayload.isEmpty() ? null : byPayload;
    if (envelope != null && payload != null && !envelope.equals(payload)) {
      throw new RejectedException(RejectReason.TENANT_MISMATCH, "tenantId");
    }
    return envelope != null ? envelope : payload;
  }

  private static String text(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
  }

  private static Instant occurredAt(Envelope envelope) {
    return switch (envelope.occurredAtToken) {
      case VALUE_STRING -> Times.within(Times.ofText(envelope.occurredAt));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          Times.within(Times.ofEpochSeconds(envelope.occurredAt));
      default -> null;
    };
  }
}
