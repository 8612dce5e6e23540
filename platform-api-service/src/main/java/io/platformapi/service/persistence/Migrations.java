package io.platformapi.service.persistence;

import io.platformapi.service.crypto.Sha256;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import liquibase.ChecksumVersion;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/** Brings a database to the state that a Liquibase changelog of the class path describes. */
public final class Migrations {
  private static final long LOCK = 0x706c6174666f726dL;
  private static final int HASH_LENGTH = 12;

  private final String changelog;
  private final int version;
  private final String hash;

  /**
   * @param changelog resource, {@code migrations/admin.xml}
   */
  public Migrations(String changelog) {
    this.changelog = changelog;
    DatabaseChangeLog parsed = parse(changelog);
    this.version = parsed.getChangeSets().size();
    this.hash = hash(parsed);
  }

  /** How many change sets there are; as a changelog only grows, a higher number is newer. */
  public int version() {
    return version;
  }

  /** Stands for the content of the changelog and all that it includes. */
  public String hash() {
    return hash;
  }

  /**
   * Applies what is missing. Two nodes may call this at once: one waits for the other.
   *
   * @param connection to the database; is left open, in the commit mode it came with
   * @throws DatabaseUnavailableException when the connection broke
   */
  public void migrate(Connection connection) {
    try {
      boolean autoCommit = connection.getAutoCommit();
      int networkTimeout = connection.getNetworkTimeout();
      connection.setAutoCommit(true);
      // A migration may take longer than any statement of a request.
      connection.setNetworkTimeout(Runnable::run, 0);
      execute(connection, "SET statement_timeout = 0");
      execute(connection, "SET lock_timeout = 0");
      execute(connection, "SET idle_in_transaction_session_timeout = 0");
      lock(connection, "SELECT pg_advisory_lock(?)");
      try {
        update(connection);
      } finally {
        if (!connection.isClosed()) {
          connection.setAutoCommit(true);
          lock(connection, "SELECT pg_advisory_unlock(?)");
          execute(connection, "RESET ALL");
          connection.setNetworkTimeout(Runnable::run, networkTimeout);
          connection.setAutoCommit(autoCommit);
        }
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
  }

  private void update(Connection connection) {
    inScope(
        () -> {
          JdbcConnection database = new JdbcConnection(connection);
          Liquibase liquibase =
              new Liquibase(changelog, new ClassLoaderResourceAccessor(), database);
          liquibase.setShowSummary(UpdateSummaryEnum.OFF);
          // Ours is the real lock; Liquibase's own row stays behind when a node is killed.
          liquibase.forceReleaseLocks();
          liquibase.update(new Contexts(), new LabelExpression());
          return null;
        });
  }

  private static DatabaseChangeLog parse(String changelog) {
    return inScope(
        () -> {
          ClassLoaderResourceAccessor resources = new ClassLoaderResourceAccessor();
          return ChangeLogParserFactory.getInstance()
              .getParser(changelog, resources)
              .parse(changelog, new ChangeLogParameters(), resources);
        });
  }

  private static String hash(DatabaseChangeLog parsed) {
    return inScope(
        () -> {
          StringBuilder lines = new StringBuilder();
          for (ChangeSet change : parsed.getChangeSets()) {
            lines
                .append(change.toString(false))
                .append(change.generateCheckSum(ChecksumVersion.latest()))
                .append('\n');
          }
          return Sha256.hex(lines.toString()).substring(0, HASH_LENGTH);
        });
  }

  private static <T> T inScope(Scope.ScopedRunnerWithReturn<T> work) {
    try {
      return Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), work);
    } catch (LiquibaseException e) {
      throw failure(e);
    } catch (RuntimeException e) {
      throw SqlErrors.translate(e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot migrate", e);
    }
  }

  private static RuntimeException failure(LiquibaseException e) {
    RuntimeException error = new IllegalStateException("cannot migrate: " + e.getMessage(), e);
    return SqlErrors.translate(error);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void lock(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, LOCK);
      statement.execute();
    }
  }
}
