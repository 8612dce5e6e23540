package io.platformapi.service.persistence;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/** An SQL error that is the statement's or the data's fault, not the connection's. */
public final class SqlFailure extends RuntimeException {
  private final String sqlState;

  public SqlFailure(SQLException cause) {
    super(cause.getMessage(), cause);
    this.sqlState = cause.getSQLState();
  }

  /**
   * What a unit of work throws for an error, for work that cannot throw the error itself: a
   * failure, or {@link DatabaseUnavailableException}.
   */
  public static RuntimeException of(SQLException error) {
    return SqlErrors.translate(error);
  }

  /** SQLState, five characters, or null. */
  public String sqlState() {
    return sqlState;
  }

  /** Name of the constraint that was broken, or an empty text. */
  public String constraint() {
    for (Throwable next = getCause(); next != null; next = next.getCause()) {
      if (next instanceof PSQLException error
          && error.getServerErrorMessage() != null
          && error.getServerErrorMessage().getConstraint() != null) {
        return error.getServerErrorMessage().getConstraint();
      }
    }
    return "";
  }
}
