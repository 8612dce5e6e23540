package io.platformapi.service.persistence;

import jakarta.persistence.PersistenceException;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.util.PSQLException;

/** Tells errors of the connection or the server from errors of the statement or its data. */
final class SqlErrors {
  /** Database missing, statement timeout, lock timeout: none of them is the data's fault. */
  private static final Set<String> UNAVAILABLE = Set.of("3D000", "57014", "55P03", "25P03");

  private static final Set<String> FATAL = Set.of("FATAL", "PANIC");

  private SqlErrors() {}

  /** What a unit throws for an error of its SQL; an exception of the work itself stays as it is. */
  static RuntimeException translate(RuntimeException error) {
    SQLException cause = cause(error);
    if (cause == null) {
      return error;
    }
    if (isUnavailable(cause)) {
      return new DatabaseUnavailableException("the database cannot be used now", error);
    }
    return error instanceof PersistenceException ? new SqlFailure(cause) : error;
  }

  static RuntimeException translate(SQLException error) {
    return isUnavailable(error)
        ? new DatabaseUnavailableException("the database cannot be used now", error)
        : new SqlFailure(error);
  }

  static boolean isConnectionState(String state) {
    return state == null || state.startsWith("08") || state.startsWith("57P0");
  }

  private static boolean isUnavailable(SQLException error) {
    String state = error.getSQLState();
    return isConnectionState(state)
        || state.startsWith("53")
        || UNAVAILABLE.contains(state)
        || endedSession(error);
  }

  /** Whatever its state: a fatal error leaves no session, or never let one begin. */
  private static boolean endedSession(SQLException error) {
    return error instanceof PSQLException fatal
        && fatal.getServerErrorMessage() != null
        && FATAL.contains(String.valueOf(fatal.getServerErrorMessage().getSeverity()));
  }

  private static SQLException cause(Throwable error) {
    if (error instanceof DatabaseUnavailableException || error instanceof SqlFailure) {
      return null;
    }
    for (Throwable next = error; next != null; next = next.getCause()) {
      if (next instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }
}
