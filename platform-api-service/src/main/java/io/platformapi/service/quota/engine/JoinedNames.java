package io.platformapi.service.quota.engine;

import io.platformapi.service.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several names as one text, no two lists as the same. */
public final class JoinedNames {
  /** Longest text, in bytes of UTF-8, that is kept as it is: a longer one stands as its digest. */
  public static final int MAX_OCTETS = 512;

  static final char SEPARATOR = '\u001f';
  private static final char ESCAPE = '\\';

  private JoinedNames() {}

  /** A single name is itself. */
  static String of(List<String> names) {
    if (names.size() == 1) {
      return names.get(0);
    }
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        joined.append(SEPARATOR);
      }
      append(names.get(i), joined);
    }
    String text = joined.toString();
    return text.getBytes(StandardCharsets.UTF_8).length <= MAX_OCTETS
        ? text
        : "sha256:" + Sha256.hex(text);
  }

  /** The names of such a text, as many as said; empty when it is a digest. */
  public static Optional<List<String>> split(String text, int names) {
    if (names == 1) {
      return Optional.of(List.of(text));
    }
    List<String> found = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == SEPARATOR) {
        found.add(name.toString());
        name.setLength(0);
      } else {
        name.append(c == ESCAPE && i + 1 < text.length() ? text.charAt(++i) : c);
      }
    }
    found.add(name.toString());
    return found.size() == names ? Optional.of(found) : Optional.empty();
  }

  /** The same for a list of SQL expressions. */
  public static String sql(List<String> expressions) {
    if (expressions.size() == 1) {
      return expressions.get(0);
    }
    String joined =
        String.join(
            " || chr(31) || ",
            expressions.stream()
                .map(
                    e ->
                        "replace(replace(%s, '\\', '\\\\'), chr(31), '\\' || chr(31))".formatted(e))
                .toList());
    return digestedSql(joined);
  }

  /** SQL for a text, or its digest when it is too long. */
  public static String digestedSql(String expression) {
    return """
        CASE WHEN octet_length(%1$s) <= 512 THEN %1$s
          ELSE 'sha256:' || encode(sha256(convert_to(%1$s, 'UTF8')), 'hex') END"""
        .formatted(expression);
  }

  private static void append(String name, StringBuilder to) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == SEPARATOR || c == ESCAPE) {
        to.append(ESCAPE);
      }
      to.append(c);
    }
  }
}
