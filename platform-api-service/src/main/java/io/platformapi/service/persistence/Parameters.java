package io.platformapi.service.persistence;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/** Sets the parameters of a statement one after the other. */
public final class Parameters {
  private final PreparedStatement statement;
  private int last;

  public Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  /** A value, or an array of {@code long}, {@code boolean}, Long or String; never null. */
  public Parameters add(Object value) throws SQLException {
    statement.setObject(++last, value);
    return this;
  }

  /** A text, or null. */
  public Parameters addOrNull(String value) throws SQLException {
    statement.setString(++last, value);
    return this;
  }

  public Parameters add(Instant value) throws SQLException {
    statement.setObject(++last, value.atOffset(ZoneOffset.UTC));
    return this;
  }
}
