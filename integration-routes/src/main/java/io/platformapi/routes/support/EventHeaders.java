package io.platformapi.routes.support;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Names of the Kafka headers that the routes write and read; values are UTF-8 text. */
public final class EventHeaders {
  public static final String CONTENT_TYPE = "content-type";
  public static final String JSON = "application/json";

  /** Why an event is dead: a RejectReason's code. */
  public static final String REASON = "reason";

  /** The field that is to blame, when it is one. */
  public static final String FIELD = "field";

  public static final String SOURCE_TOPIC = "source-topic";
  public static final String SOURCE_PARTITION = "source-partition";
  public static final String SOURCE_OFFSET = "source-offset";
  public static final String FAILED_AT = "failed-at";
  public static final String CORRELATION_ID = "correlation-id";

  /** Present when the value is a digest because the original did not fit. */
  public static final String DIGEST = "digest";

  /** How often a tenant's database was found down for the event. */
  public static final String ATTEMPT = "attempt";

  /** Epoch milliseconds before which another attempt is pointless. */
  public static final String NOT_BEFORE = "not-before";

  /** Position of the dead letter that an operator brought back, {@code partition:offset}. */
  public static final String REPLAYED_FROM = "replayed-from";

  private EventHeaders() {}

  public static Header text(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** The last header of the name as text, or null. */
  public static String text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** The last header of the name as a number, or the fallback when it is absent or none. */
  public static long number(Headers headers, String name, long fallback) {
    String text = text(headers, name);
    if (text == null) {
      return fallback;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return fallback;
    }
  }
}
