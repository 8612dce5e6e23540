package io.platformapi.service.testing;

/** Looks into the database of one tenant of a platform under test. */
public final class TenantRows {
  private final String database;

  public TenantRows(PlatformSettings settings, String tenant) {
    String url = settings.adminDatabaseUrl();
    String admin = url.substring(url.lastIndexOf('/') + 1).replaceAll("\\?.*", "");
    this.database =
        TestDatabases.single(
            admin, "SELECT name FROM tenant_databases WHERE tenant_id = '" + tenant + "'");
  }

  /** First column of the first row, or null when there is none. */
  public String single(String sql) {
    return TestDatabases.single(database, sql);
  }

  public void execute(String sql) {
    TestDatabases.execute(database, sql);
  }

  /** Its name on the server. */
  public String database() {
    return database;
  }
}
