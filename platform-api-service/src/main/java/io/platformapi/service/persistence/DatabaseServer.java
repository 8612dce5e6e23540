package io.platformapi.service.persistence;

/**
 * A PostgreSQL server that holds tenant databases.
 *
 * @param url JDBC URL of its maintenance database, {@code jdbc:postgresql://host:port/postgres}
 * @param user role that may create databases
 * @param password its password, or empty
 */
public record DatabaseServer(String url, String user, String password) {
  private static final String PREFIX = "jdbc:postgresql://";

  public DatabaseServer {
    if (!url.startsWith(PREFIX) || url.indexOf('/', PREFIX.length()) < 0) {
      throw new IllegalArgumentException(
          "a tenant server's url must look like jdbc:postgresql://host:port/postgres");
    }
  }

  /** URL of a database of this server, with the same parameters. */
  public String urlOf(String database) {
    int slash = url.indexOf('/', PREFIX.length());
    int query = url.indexOf('?', slash);
    return url.substring(0, slash + 1) + database + (query < 0 ? "" : url.substring(query));
  }

  /** The database that exists before any tenant does. */
  public String maintenanceDatabase() {
    int slash = url.indexOf('/', PREFIX.length());
    int query = url.indexOf('?', slash);
    String name = query < 0 ? url.substring(slash + 1) : url.substring(slash + 1, query);
    return name.isEmpty() ? "postgres" : name;
  }

  @Override
  public String toString() {
    return "DatabaseServer[" + urlOf(maintenanceDatabase()).split("\\?")[0] + "]";
  }
}
