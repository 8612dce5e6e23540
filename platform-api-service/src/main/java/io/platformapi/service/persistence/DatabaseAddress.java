package io.platformapi.service.persistence;

/**
 * Where a tenant's database is.
 *
 * @param server name of the server in the configuration
 * @param name name of the database on it
 */
public record DatabaseAddress(String server, String name) {
  @Override
  public String toString() {
    return server + "/" + name;
  }
}
