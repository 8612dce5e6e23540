package io.platformapi.service.usage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/** Sets the parameters of a statement one after the other. */
final class Parameters {
  private final PreparedStatement statement;
  private int last;

  Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  /** A value, or an array of {@code long}, {@code boolean}, Long or String; never null. */
  Parameters add(Object value) throws SQLException {
    statement.setObject(++last, value);
    return this;
  }

  Parameters add(Instant value) throws SQLException {
    statement.setObject(++last, value.atOffset(ZoneOffset.UTC));
    return this;
  }
}
