package io.platformapi.service.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Migrates the tenant databases that are behind the changelog, each for itself. */
public final class TenantUpgrade {
  private static final Logger LOG = LoggerFactory.getLogger(TenantUpgrade.class);

  private static final String BEHIND =
      """
      SELECT tenant_id, server, name FROM tenant_databases
      WHERE state = 'ready' AND schema_version < ? ORDER BY tenant_id
      """;
  private static final String DONE =
      """
      UPDATE tenant_databases SET schema_version = ?, updated_at = now()
      WHERE tenant_id = ? AND schema_version < ?
      """;

  private final InAdmin admin;
  private final TenantConnectionPool pool;
  private final Migrations migrations;

  /**
   * @param migrations of the tenant changelog
   */
  public TenantUpgrade(InAdmin admin, TenantConnectionPool pool, Migrations migrations) {
    this.admin = admin;
    this.pool = pool;
    this.migrations = migrations;
  }

  /**
   * Upgrades what is behind; a database that fails is logged and left for the next call.
   *
   * @return the tenants whose database is still behind
   */
  public List<String> run() {
    List<String> failed = new ArrayList<>();
    for (Behind behind : behind()) {
      try {
        upgrade(behind);
      } catch (RuntimeException e) {
        LOG.error("the database of tenant {} could not be upgraded", behind.tenantId, e);
        failed.add(behind.tenantId);
      }
    }
    return failed;
  }

  private void upgrade(Behind behind) {
    try (Connection connection = pool.borrow(behind.address)) {
      migrations.migrate(connection);
    } catch (SQLException e) {
      throw SqlErrors.translate(e);
    }
    admin.sql(
        connection -> {
          try (PreparedStatement update = connection.prepareStatement(DONE)) {
            update.setInt(1, migrations.version());
            update.setString(2, behind.tenantId);
            update.setInt(3, migrations.version());
            return update.executeUpdate();
          }
        });
    LOG.info("upgraded the database of tenant {}", behind.tenantId);
  }

  private List<Behind> behind() {
    return admin.sql(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(BEHIND)) {
            select.setInt(1, migrations.version());
            List<Behind> all = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                all.add(
                    new Behind(
                        rows.getString(1),
                        new DatabaseAddress(rows.getString(2), rows.getString(3))));
              }
            }
            return all;
          }
        });
  }

  private record Behind(String tenantId, DatabaseAddress address) {}
}
