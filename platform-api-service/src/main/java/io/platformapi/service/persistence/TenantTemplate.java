package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The migrated database of each server that tenant databases are copies of, named after the
 * changelog's content.
 *
 * <p>It is built under another name and renamed when it is whole; then nobody can connect to it, so
 * copying never fails because somebody is connected.
 */
public final class TenantTemplate {
  private static final Logger LOG = LoggerFactory.getLogger(TenantTemplate.class);
  private static final String PREFIX = "platform_tenant_template_";
  private static final String UNFINISHED = "_building";
  private static final String CATALOG =
      """
      SELECT oid::regclass::text FROM pg_class
      WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared
      """;

  private final TenantServers servers;
  private final TenantConnectionPool pool;
  private final Migrations migrations;
  private final Map<String, Boolean> built = new ConcurrentHashMap<>();

  /**
   * @param migrations of the tenant changelog
   */
  public TenantTemplate(TenantServers servers, TenantConnectionPool pool, Migrations migrations) {
    this.servers = servers;
    this.pool = pool;
    this.migrations = migrations;
  }

  public String name() {
    return PREFIX + migrations.hash();
  }

  /** Number of change sets of a copy. */
  public int version() {
    return migrations.version();
  }

  /** Builds the template where it is missing and drops those of other changelogs. */
  public void ensure(String server) {
    if (!built.containsKey(server)) {
      try (MaintenanceSession session = new MaintenanceSession(servers, pool, server)) {
        ensure(server, session);
      }
    }
  }

  /** Like {@link #ensure(String)}, with a session of that server that is open already. */
  public void ensure(String server, MaintenanceSession session) {
    if (built.containsKey(server)) {
      return;
    }
    session.lock(PREFIX);
    try {
      if (!session.exists(name())) {
        build(server, session);
      }
      built.put(server, true);
      dropOthers(session);
    } finally {
      session.unlock(PREFIX);
    }
  }

  /** Makes the next {@link #ensure} look again: the template was not there when it was needed. */
  public void forget(String server) {
    built.remove(server);
  }

  private void build(String server, MaintenanceSession session) {
    String unfinished = name() + UNFINISHED;
    session.drop(unfinished);
    session.create(unfinished, "template0");
    try (Connection connection = servers.open(new DatabaseAddress(server, unfinished))) {
      migrations.migrate(connection);
      connection.setAutoCommit(true);
      try (var statement = connection.createStatement()) {
        // Copies start with statistics of the catalog and have nothing left for autovacuum to do
        // there. Not of their own tables: known to be empty, they would be read as a whole by plans
        // that are kept while they grow.
        statement.execute("VACUUM (FREEZE, ANALYZE) " + String.join(", ", catalog(statement)));
      }
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
    session.alter(unfinished, "WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
    session.alter(unfinished, "RENAME TO " + '"' + name() + '"');
    LOG.info("built template {} on server {}", name(), server);
  }

  private static List<String> catalog(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(CATALOG)) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables;
  }

  private void dropOthers(MaintenanceSession session) {
    for (String database : session.databases(PREFIX)) {
      if (!database.equals(name())) {
        try {
          session.alter(database, "WITH IS_TEMPLATE false");
          session.drop(database);
        } catch (SqlFailure e) {
          LOG.info("old template {} stays for now: {}", database, e.getMessage());
        }
      }
    }
  }
}
