package io.platformapi.service.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks into the databases of a platform from outside. */
public final class TenantSql {
  private final PlatformSettings settings;

  public TenantSql(PlatformSettings settings) {
    this.settings = settings;
  }

  /** Name of a tenant's database. */
  public String databaseOf(String tenant) {
    return admin("SELECT name FROM tenant_databases WHERE tenant_id = '" + tenant + "'").get(0);
  }

  /** First column of a query on a tenant's database. */
  public List<String> tenant(String tenant, String sql) {
    return query(RealServers.postgres().jdbcUrl(databaseOf(tenant)), sql);
  }

  /** First column of a query on the admin database. */
  public List<String> admin(String sql) {
    return query(settings.adminDatabaseUrl(), sql);
  }

  /** Nobody can connect to a tenant's database until {@link #open}. */
  public void shut(String tenant) {
    String database = databaseOf(tenant);
    server("ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    server(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
  }

  /** Undoes {@link #shut}. */
  public void open(String tenant) {
    server("ALTER DATABASE " + databaseOf(tenant) + " ALLOW_CONNECTIONS true");
  }

  private static void server(String sql) {
    query(RealServers.postgres().jdbcUrl("postgres"), sql);
  }

  private static List<String> query(String url, String sql) {
    try (Connection connection = DriverManager.getConnection(url, "postgres", "");
        Statement statement = connection.createStatement()) {
      List<String> values = new ArrayList<>();
      if (statement.execute(sql)) {
        try (ResultSet rows = statement.getResultSet()) {
          while (rows.next()) {
            values.add(rows.getString(1));
          }
        }
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
