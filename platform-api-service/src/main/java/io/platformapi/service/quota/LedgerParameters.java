package io.platformapi.service.quota;

import io.platformapi.service.problem.ValidationException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the query parameters that only the ledger has, each null when absent. */
final class LedgerParameters {
  private static final int UUID_LENGTH = 36;
  private static final int MAX_CALL_ID_OCTETS = 2000;
  private static final Pattern SOURCE = Pattern.compile("[a-z_]{1,40}(:[0-9a-f-]{36})?");

  private LedgerParameters() {}

  /** The id of a call or of a usage event. */
  static LedgerQuery.Event event(String text) {
    if (text == null) {
      return null;
    }
    if (text.isEmpty()
        || text.indexOf('\0') >= 0
        || text.getBytes(StandardCharsets.UTF_8).length > MAX_CALL_ID_OCTETS) {
      throw new ValidationException("event", "must be the id of a call or of a usage event");
    }
    return new LedgerQuery.Event(text, uuid(text));
  }

  static String source(String text) {
    if (text != null && !SOURCE.matcher(text).matches()) {
      throw new ValidationException("source", "must be the name of a source, such as gateway");
    }
    return text;
  }

  static UUID batch(String text) {
    if (text == null) {
      return null;
    }
    UUID id = uuid(text);
    if (id == null) {
      throw new ValidationException("batch", "must be the id of a batch");
    }
    return id;
  }

  private static UUID uuid(String text) {
    try {
      return text.length() == UUID_LENGTH ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
