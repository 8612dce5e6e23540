package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.SQLException;

/** Work on a plain JDBC connection inside a transaction that somebody else commits. */
@FunctionalInterface
public interface SqlWork<T> {
  T run(Connection connection) throws SQLException;
}
