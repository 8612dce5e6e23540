package io.platformapi.service.persistence;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Knows where each tenant's database is; remembers it while the admin database is away. */
public final class TenantDatabases {
  private static final Duration FRESH = Duration.ofSeconds(60);

  private static final String FIND =
      "SELECT server, name FROM tenant_databases WHERE tenant_id = ? AND state = 'ready'";
  private static final String READY =
      "SELECT tenant_id FROM tenant_databases WHERE state = 'ready' ORDER BY tenant_id";

  private final InAdmin admin;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  public TenantDatabases(InAdmin admin) {
    this.admin = admin;
  }

  /**
   * @throws UnknownDatabaseException when the tenant has no database that is ready
   */
  DatabaseAddress of(String tenantId) {
    Known entry = known.get(tenantId);
    if (entry != null && System.nanoTime() - entry.since < FRESH.toNanos()) {
      return entry.address;
    }
    try {
      Optional<DatabaseAddress> found = find(tenantId);
      if (found.isEmpty()) {
        known.remove(tenantId);
        throw new UnknownDatabaseException(tenantId);
      }
      known.put(tenantId, new Known(found.get(), System.nanoTime()));
      return found.get();
    } catch (DatabaseUnavailableException e) {
      if (entry != null) {
        return entry.address;
      }
      throw e;
    }
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

  /** Forgets where a tenant's database was. */
  public void forget(String tenantId) {
    known.remove(tenantId);
  }

  private Optional<DatabaseAddress> find(String tenantId) {
    return admin.sql(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(FIND)) {
            statement.setString(1, tenantId);
            try (ResultSet row = statement.executeQuery()) {
              return row.next()
                  ? Optional.of(new DatabaseAddress(row.getString(1), row.getString(2)))
                  : Optional.empty();
            }
          }
        });
  }

  private record Known(DatabaseAddress address, long since) {}
}
