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
      "SELECT team_id FROM tenant_litellm_teams WHERE tenant_id = ? ORDER BY team_id";

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

  List<String> teamsOf(String tenantId) {
    return admin.sql(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(TEAMS_OF)) {
            select.setString(1, tenantId);
            List<String> teams = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
              while (rows.next()) {
                teams.add(rows.getString(1));
              }
            }
            return teams;
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
