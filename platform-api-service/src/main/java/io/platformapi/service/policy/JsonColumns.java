package io.platformapi.service.policy;

import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.policy.condition.AttributeType;
import io.platformapi.service.policy.condition.SqlColumn;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads declared attributes out of a column of JSON, as decisions read them: of a value of another
 * type nothing can be said.
 */
final class JsonColumns {
  private JsonColumns() {}

  /**
   * Columns by path, also of those attributes that only the JSON has.
   *
   * @param declared types by name, which has letters, digits and underscores only
   */
  static Map<String, SqlColumn> all(RowColumns columns, Map<String, AttributeType> declared) {
    Map<String, SqlColumn> all = new HashMap<>();
    if (columns.json() != null) {
      declared.forEach(
          (name, type) ->
              all.put(
                  Vocabulary.RESOURCE + name,
                  new SqlColumn(value(columns.json(), name, type), present(columns.json(), name))));
    }
    columns.byPath().forEach((path, sql) -> all.put(path, new SqlColumn(sql)));
    return all;
  }

  private static String present(String json, String name) {
    return "COALESCE(jsonb_typeof(" + json + " -> '" + name + "'), 'null') <> 'null'";
  }

  private static String value(String json, String name, AttributeType type) {
    String value = json + " -> '" + name + "'";
    String text = json + " ->> '" + name + "'";
    return switch (type) {
      case STRING -> of("string", "", value, "(" + text + ") COLLATE \"C\"");
      case BOOLEAN -> of("boolean", "", value, "CAST(" + text + " AS boolean)");
      case DECIMAL -> of("number", "", value, "CAST(" + text + " AS numeric)");
      case INTEGER -> of("number", whole(text), value, "CAST(" + text + " AS bigint)");
      case TIME -> of("string", time(text), value, "CAST(" + cut(text) + " AS timestamptz)");
      case STRING_LIST ->
          of("array", "", value, "ARRAY(SELECT jsonb_array_elements_text(" + value + "))");
    };
  }

  private static String of(String jsonType, String check, String value, String sql) {
    return "CASE WHEN jsonb_typeof("
        + value
        + ") = '"
        + jsonType
        + "'"
        + check
        + " THEN "
        + sql
        + " END";
  }

  /** A whole number is written without a point, and has at most 64 bits. */
  private static String whole(String text) {
    return " AND pg_input_is_valid(" + text + ", 'bigint')";
  }

  /**
   * PostgreSQL reads much more as a time than RFC 3339 calls one, such as yesterday. The first and
   * the last year have times that only one of both can hold.
   */
  private static String time(String text) {
    return " AND "
        + text
        + " ~ '^(?!0000|0001|9999)[0-9]{4}-[0-9]{2}-[0-9]{2}"
        + "T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
        + "(Z|[+-][0-9]{2}:[0-9]{2})$' AND pg_input_is_valid("
        + text
        + ", 'timestamptz')";
  }

  /** To the microsecond, which PostgreSQL would round to. */
  private static String cut(String time) {
    return "regexp_replace(" + time + ", '(?<=[.][0-9]{6})[0-9]+', '')";
  }
}
