package io.platformapi.service.persistence;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Knows where each tenant's database is. */
public final class TenantDatabases {
  private static final String FIND =
      "SELECT server, name FROM tenant_databases WHERE tenant_id = ? AND state = 'ready'";
  private static final String READY =
      "SELECT tenant_id FROM tenant_databases WHERE state = 'ready' ORDER BY tenant_id";

  private final InAdmin admin;
  private final Function<String, DatabaseAddress> addresses;

  /**
   * @param cached puts a cache before the question, which every connection asks
   */
  public TenantDatabases(InAdmin admin, UnaryOperator<Function<String, DatabaseAddress>> cached) {
    this.admin = admin;
    this.addresses = cached.apply(this::find);
  }

  /**
   * @throws UnknownDatabaseException when the tenant has no database that is ready
   */
  DatabaseAddress of(String tenantId) {
    return addresses.apply(tenantId);
  }

  /** The ids of all tenants whose database is ready. */
  public List<String> ready() {
    return admin.sql(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(READY);
              ResultSet rows = statement.executeQuery()) {
            List<String> ids = new ArrayList<>();
            while (rows.next()) {
              ids.add(rows.getString(1));
            }
            return ids;
          }
        });
  }

  private DatabaseAddress find(String tenantId) {
    return admin.sql(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, tenantId);
            try (ResultSet row = statement.executeQuery()) {
              if (!row.next()) {
                throw new UnknownDatabaseException(tenantId);
              }
              return new DatabaseAddress(row.getString(1), row.getString(2));
            }
          }
        });
  }
}
