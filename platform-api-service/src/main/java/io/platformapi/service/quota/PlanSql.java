package io.platformapi.service.quota;

import io.platformapi.service.persistence.Parameters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The platform's defaults in the admin database, and how far the tenants follow them. */
final class PlanSql {
  private static final String READ = "SELECT version, document FROM platform_defaults";
  private static final String LOCK = READ + " FOR UPDATE";
  private static final String WRITE = "UPDATE platform_defaults SET version = ?, document = ?";

  private static final String OF_TENANT =
      """
      SELECT d.version, d.document, t.version, t.plan, t.currency
      FROM platform_defaults d JOIN tenants t ON t.id = ?
      """;

  /** Those whose database may be written to. */
  private static final String BEHIND =
      """
      SELECT t.id
      FROM platform_defaults d
      CROSS JOIN tenants t
      JOIN tenant_databases b ON b.tenant_id = t.id AND b.state = 'ready'
      LEFT JOIN tenant_plans p ON p.tenant_id = t.id
      WHERE t.id > ? AND t.state IN ('active', 'suspended') AND d.version > 0
        AND (p.tenant_id IS NULL OR p.defaults_version <> d.version
          OR p.tenant_version <> t.version)
      ORDER BY t.id LIMIT ?
      """;

  private static final String FOLLOWED =
      """
      INSERT INTO tenant_plans AS p (tenant_id, defaults_version, tenant_version) VALUES (?, ?, ?)
      ON CONFLICT (tenant_id) DO UPDATE SET defaults_version = EXCLUDED.defaults_version,
        tenant_version = EXCLUDED.tenant_version, followed_at = now()
      WHERE p.defaults_version <= EXCLUDED.defaults_version
        AND p.tenant_version <= EXCLUDED.tenant_version
      """;

  /** The defaults as they are stored. */
  record Stored(long version, String document) {}

  /** The defaults with what a tenant's registration says. */
  record OfTenant(Stored defaults, long version, String plan, String currency) {}

  Stored read(Connection connection) throws SQLException {
    return read(connection, READ);
  }

  /** The same, for whoever changes them next. */
  Stored lock(Connection connection) throws SQLException {
    return read(connection, LOCK);
  }

  private static Stored read(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return new Stored(row.getLong(1), row.getString(2));
    }
  }

  void write(Connection connection, Stored defaults) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      new Parameters(statement).add(defaults.version()).add(defaults.document());
      statement.executeUpdate();
    }
  }

  Optional<OfTenant> ofTenant(Connection connection, String tenantId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OF_TENANT)) {
      new Parameters(statement).add(tenantId);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(
                new OfTenant(
                    new Stored(row.getLong(1), row.getString(2)),
                    row.getLong(3),
                    row.getString(4),
                    row.getString(5)))
            : Optional.empty();
      }
    }
  }

  /** Tenants after an id that do not follow the present defaults, in the order of their ids. */
  List<String> behind(Connection connection, String after, int most) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BEHIND)) {
      new Parameters(statement).add(after).add(most);
      List<String> ids = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getString(1));
        }
      }
      return ids;
    }
  }

  /** Notes what a tenant's database follows. */
  void followed(Connection connection, String tenantId, PlanStamp stamp) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FOLLOWED)) {
      new Parameters(statement).add(tenantId).add(stamp.defaults()).add(stamp.tenant());
      statement.executeUpdate();
    }
  }
}
