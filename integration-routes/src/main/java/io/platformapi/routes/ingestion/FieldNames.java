package io.platformapi.routes.ingestion;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Finds a field by the bytes of its name; most names are no field's. */
final class FieldNames {
  private final byte[][][] namesByLength;
  private final UsageField[][] fieldsByLength;

  FieldNames(Map<String, UsageField> fields) {
    int longest = fields.keySet().stream().mapToInt(String::length).max().orElse(0);
    namesByLength = new byte[longest + 1][0][];
    fieldsByLength = new UsageField[longest + 1][0];
    fields.forEach(
        (name, field) -> {
          int length = name.length();
          int others = namesByLength[length].length;
          namesByLength[length] = Arrays.copyOf(namesByLength[length], others + 1);
          namesByLength[length][others] = name.getBytes(StandardCharsets.US_ASCII);
          fieldsByLength[length] = Arrays.copyOf(fieldsByLength[length], others + 1);
          fieldsByLength[length][others] = field;
        });
  }

  /** The field of that name, or null. */
  UsageField find(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length >= namesByLength.length) {
      return null;
    }
    byte[][] names = namesByLength[length];
    for (int i = 0; i < names.length; i++) {
      // Many names begin alike, so the end tells sooner.
      if (bytes[to - 1] == names[i][length - 1]
          && Arrays.equals(bytes, from, to, names[i], 0, length)) {
        return fieldsByLength[length][i];
      }
    }
    return null;
  }
}
