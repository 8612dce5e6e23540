package io.platformapi.service.tenant;

import io.platformapi.service.auth.TenantView;
import io.platformapi.service.persistence.InAdmin;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the directory of tenants from the admin database. */
final class TenantDirectorySql {
  // A failed tenant is nobody: it has no database and may be created again.
  private static final String TENANTS =
      """
      SELECT id, org, platform_id, currency, state, user_provisioning = 'jit'
      FROM tenants WHERE state <> 'failed'
      """;
  private static final String TEAMS = "SELECT team_id, tenant_id FROM tenant_litellm_teams";
  private static final String ORGANIZATIONS =
      "SELECT organization_id, tenant_id FROM tenant_litellm_organizations";

  private static final String TEAMS_OF =
      "SELECT team_id FROM tenant_litellm_teams WHERE tenant_id = ? ORDER BY 1";
  private static final String ORGANIZATIONS_OF =
      "SELECT organization_id FROM tenant_litellm_organizations WHERE tenant_id = ? ORDER BY 1";

  private final InAdmin admin;

  TenantDirectorySql(InAdmin admin) {
    this.admin = admin;
  }

  boolean exists(TenantKey kind, String key) {
    return admin.sql(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(kind.exists())) {
            select.setString(1, key);
            try (ResultSet row = select.executeQuery()) {
              return row.next();
            }
          }
        });
  }

  TenantSnapshot all() {
    return admin.sql(
        connection -> {
          TenantSnapshot.Builder snapshot = new TenantSnapshot.Builder();
          try (PreparedStatement select = connection.prepareStatement(TENANTS);
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              snapshot.add(
                  new TenantSnapshot.Entry(
                      new TenantView(
                          rows.getString(1), rows.getString(3), state(rows.getString(5))),
                      rows.getString(4),
                      rows.getBoolean(6)),
                  rows.getString(2));
            }
          }
          map(connection, TEAMS, TenantKey.TEAM, snapshot);
          map(connection, ORGANIZATIONS, TenantKey.GATEWAY_ORGANIZATION, snapshot);
          return snapshot.build();
        });
  }

  GatewayNames gatewayNames(String tenantId) {
    return admin.sql(
        connection ->
            new GatewayNames(
                names(connection, TEAMS_OF, tenantId),
                names(connection, ORGANIZATIONS_OF, tenantId)));
  }

  private static List<String> names(Connection connection, String sql, String tenantId)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, tenantId);
      try (ResultSet rows = select.executeQuery()) {
        List<String> names = new ArrayList<>();
        while (rows.next()) {
          names.add(rows.getString(1));
        }
        return names;
      }
    }
  }

  private static void map(
      Connection connection, String sql, TenantKey kind, TenantSnapshot.Builder snapshot)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        snapshot.map(kind, rows.getString(1), rows.getString(2));
      }
    }
  }

  private static TenantView.State state(String code) {
    return switch (TenantState.of(code)) {
      case ACTIVE -> TenantView.State.ACTIVE;
      case SUSPENDED -> TenantView.State.SUSPENDED;
      case PROVISIONING, FAILED -> TenantView.State.NOT_READY;
    };
  }
}
