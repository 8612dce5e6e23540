package io.platformapi.service.policy.condition;

import java.util.ArrayList;
import java.util.List;

/** Collects SQL text and the values to bind, in order. */
public final class SqlWriter {
  private final StringBuilder text = new StringBuilder();
  private final List<Object> binds = new ArrayList<>();

  /** Writes SQL of ours; never a value. */
  public SqlWriter sql(String part) {
    text.append(part);
    return this;
  }

  /** Writes a parameter of a PostgreSQL type. */
  SqlWriter bind(Object value, String type) {
    // Without the type PostgreSQL would have to guess it; :: would read as a name to Hibernate.
    text.append("CAST(? AS ").append(type).append(')');
    binds.add(value);
    return this;
  }

  public String text() {
    return text.toString();
  }

  public List<Object> binds() {
    return List.copyOf(binds);
  }
}
