package io.platformapi.routes.ingestion;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.platformapi.routes.ingestion.UsageField.Level;
import io.platformapi.routes.ingestion.UsageFields.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the fields of a StandardLoggingPayload whose bytes are all there, three times as fast as
 * through Jackson's tokens: nine tenths of an event are prompts, answers and descriptions of models
 * that nobody asks for. What it does not take is {@link UsageReader}'s to read or to refuse; what
 * it takes, that one reads alike (docs/adr/011). Not for use by several threads.
 */
final class EventScan {
  private final JsonFactory json;
  private final JsonScan scan = new JsonScan();
  private final UsageFields fields = new UsageFields();
  private byte[] bytes;

  /** An object that fields stand in, and the one inside of it that holds more of them. */
  private enum Scope {
    AUTH_METADATA(Level.AUTH_METADATA, null, null),
    METADATA(Level.METADATA, UsageField.AUTH_METADATA, AUTH_METADATA),
    EVENT(Level.TOP, UsageField.METADATA, METADATA);

    private final FieldNames names;
    private final byte[] innerName;
    private final Scope inner;

    Scope(Level level, String innerName, Scope inner) {
      this.names = UsageField.namesAt(level);
      this.innerName = innerName == null ? null : innerName.getBytes(StandardCharsets.US_ASCII);
      this.inner = inner;
    }

    boolean isInner(byte[] bytes, int from, int to) {
      return inner != null && Arrays.equals(bytes, from, to, innerName, 0, innerName.length);
    }
  }

  EventScan(JsonFactory json) {
    this.json = json;
  }

  /**
   * Reads an event after what stands before it, such as a comma.
   *
   * @param before a character that must come first, or 0
   * @return the position after the event, {@link JsonScan#CUT} or {@link JsonScan#ODD}
   */
  int read(byte[] bytes, int from, int to, char before) throws IOException {
    this.bytes = bytes;
    scan.over(bytes, to);
    fields.clear();
    fields.clearMetadata();
    int at = scan.space(from);
    if (before != 0 && at >= 0) {
      at = bytes[at] == before ? scan.space(at + 1) : JsonScan.ODD;
    }
    if (at < 0) {
      return at;
    }
    return bytes[at] == '{' ? object(at, Scope.EVENT) : JsonScan.ODD;
  }

  /** What was read; valid until the next reading. */
  UsageFields fields() {
    return fields;
  }

  private int object(int from, Scope scope) throws IOException {
    int at = scan.space(from + 1);
    if (at >= 0 && bytes[at] == '}') {
      return at + 1;
    }
    while (at >= 0) {
      at = bytes[at] == '"' ? member(at + 1, scope) : JsonScan.ODD;
      at = at < 0 ? at : scan.space(at);
      if (at < 0 || bytes[at] == '}') {
        return at < 0 ? at : at + 1;
      }
      at = bytes[at] == ',' ? scan.space(at + 1) : JsonScan.ODD;
    }
    return at;
  }

  /** A name, from the byte after its quote, and its value. */
  private int member(int from, Scope scope) throws IOException {
    int at = scan.string(from);
    if (at < 0) {
      return at;
    }
    byte[] name = bytes;
    int nameFrom = from;
    int nameTo = at - 1;
    if (!scan.plain()) {
      name = string(from - 1, at).getBytes(StandardCharsets.UTF_8);
      nameFrom = 0;
      nameTo = name.length;
    }
    at = scan.colon(at);
    if (at < 0) {
      return at;
    }
    UsageField field = scope.names.find(name, nameFrom, nameTo);
    if (field != null) {
      return field(field, at);
    }
    if (!scope.isInner(name, nameFrom, nameTo)) {
      return scan.value(at);
    }
    if (scope == Scope.EVENT) {
      fields.clearMetadata();
    }
    return bytes[at] == '{' ? object(at, scope.inner) : scan.value(at);
  }

  private int field(UsageField field, int from) throws IOException {
    int to = scan.value(from);
    if (to < 0) {
      return to;
    }
    switch (bytes[from]) {
      case '"' -> fields.setGateway(field, Kind.STRING, string(from, to));
      case 't' -> fields.setGateway(field, Kind.TRUE, "true");
      case 'f' -> fields.setGateway(field, Kind.FALSE, "false");
      case 'n' -> fields.setGateway(field, Kind.NULL, null);
      case '{', '[' -> fields.setGateway(field, Kind.STRUCTURE, null);
      default -> {
        String text = latin(from, to);
        fields.setGateway(field, integer(text) ? Kind.INTEGER : Kind.DECIMAL, text);
      }
    }
    return to;
  }

  private static boolean integer(String number) {
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (c != '-' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /** The text of the string that was scanned last. */
  private String string(int from, int to) throws IOException {
    if (scan.plain()) {
      return latin(from + 1, to - 1);
    }
    try (JsonParser parser = json.createParser(bytes, from, to - from)) {
      parser.nextToken();
      return parser.getText();
    }
  }

  private String latin(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
