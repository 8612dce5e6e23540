package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;

/** Gives Hibernate the connection of the tenant that a session was opened for. */
public final class TenantConnections implements MultiTenantConnectionProvider<String> {
  private static final long serialVersionUID = 1L;

  private final transient TenantDatabases databases;
  private final transient TenantConnectionPool pool;

  public TenantConnections(TenantDatabases databases, TenantConnectionPool pool) {
    this.databases = databases;
    this.pool = pool;
  }

  @Override
  public Connection getConnection(String tenantId) {
    return pool.borrow(databases.of(tenantId));
  }

  @Override
  public void releaseConnection(String tenantId, Connection connection) throws SQLException {
    connection.close();
  }

  @Override
  public Connection getAnyConnection() {
    throw new IllegalStateException("a connection belongs to a tenant");
  }

  @Override
  public void releaseAnyConnection(Connection connection) throws SQLException {
    connection.close();
  }

  @Override
  public boolean supportsAggressiveRelease() {
    return false;
  }

  @Override
  public boolean isUnwrappableAs(Class<?> type) {
    return type.isInstance(this);
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.cast(this);
  }
}
