package io.platformapi.service.persistence;

import java.sql.SQLException;

/** An SQL error that is the statement's or the data's fault, not the connection's. */
public final class SqlFailure extends RuntimeException {
  private final String sqlState;

  public SqlFailure(SQLException cause) {
    super(cause.getMessage(), cause);
    this.sqlState = cause.getSQLState();
  }

  /** SQLState, five characters, or null. */
  public String sqlState() {
    return sqlState;
  }
}
