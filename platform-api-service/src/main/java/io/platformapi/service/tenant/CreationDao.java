package io.platformapi.service.tenant;

import io.platformapi.service.persistence.DatabaseAddress;
import io.platformapi.service.persistence.Parameters;
import io.platformapi.service.persistence.SqlPart;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hibernate.SessionFactory;

/**
 * Reads and writes a creation in the current admin session, each in one round trip: a caller waits
 * for all of them, and for a core in each while the server still writes what its clone left.
 */
final class CreationDao {
  private static final String REGISTER =
      """
      WITH tenant AS (
        INSERT INTO tenants (id, name, org, plan, platform_id, currency, user_provisioning, state,
          created_at, updated_at, version)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO NOTHING
        RETURNING id, created_at, updated_at),
      team AS (
        INSERT INTO tenant_litellm_teams (tenant_id, team_id)
        SELECT tenant.id, given.id FROM tenant, unnest(?::text[]) AS given (id)),
      organization AS (
        INSERT INTO tenant_litellm_organizations (tenant_id, organization_id)
        SELECT tenant.id, given.id FROM tenant, unnest(?::text[]) AS given (id))
      INSERT INTO tenant_databases (tenant_id, server, name, state, actor, request_id,
        request_scope, request_key, created_at, updated_at)
      SELECT id, ?, ?, 'creating', ?, ?, ?, ?, created_at, updated_at FROM tenant
      """;
  private static final String CREATING =
      """
      SELECT d.actor, d.request_id, t.name, t.org, t.plan, t.platform_id, t.currency,
        ARRAY(SELECT team_id FROM tenant_litellm_teams WHERE tenant_id = t.id) AS teams,
        ARRAY(SELECT organization_id FROM tenant_litellm_organizations WHERE tenant_id = t.id)
          AS organizations,
        t.user_provisioning, t.state, t.created_at, t.updated_at, t.version
      FROM tenant_databases d JOIN tenants t ON t.id = d.tenant_id
      WHERE d.tenant_id = ? AND d.server = ? AND d.name = ? AND d.state = 'creating'
      """;
  // The tenant is locked before its database's row, as everywhere.
  private static final String ACTIVATE =
      """
      WITH active AS (
        UPDATE tenants SET state = ?, updated_at = ?, version = ? WHERE id = ? AND version = ?
        RETURNING id, updated_at)
      UPDATE tenant_databases d
      SET state = 'ready', schema_version = ?, updated_at = active.updated_at
      FROM active
      WHERE d.tenant_id = active.id AND d.server = ? AND d.name = ? AND d.state = 'creating'
      """;

  private final SessionFactory sessions;

  CreationDao(SessionFactory sessions) {
    this.sessions = sessions;
  }

  /**
   * Registers a tenant and its database to be.
   *
   * @return false when a tenant with this id exists; nothing was written then
   */
  boolean register(TenantDetails tenant, DatabaseAddress address, CreationRequest request) {
    SqlPart register =
        new SqlPart(
            REGISTER,
            to ->
                to.add(tenant.id())
                    .add(tenant.name())
                    .addOrNull(tenant.org())
                    .add(tenant.plan())
                    .add(tenant.platformId())
                    .add(tenant.currency())
                    .add(tenant.userProvisioning().code())
                    .add(tenant.state().code())
                    .add(tenant.createdAt())
                    .add(tenant.updatedAt())
                    .add(tenant.version())
                    .add(tenant.litellmTeams().toArray(String[]::new))
                    .add(tenant.litellmOrganizations().toArray(String[]::new))
                    .add(address.server())
                    .add(address.name())
                    .add(request.actor())
                    .addOrNull(request.requestId())
                    .addOrNull(request.key().map(key -> key.scope()).orElse(null))
                    .addOrNull(request.key().map(key -> key.key()).orElse(null)));
    return run(List.of(register)) == 1;
  }

  /** The creation of this very database; empty when it has ended, either way. */
  Optional<Creation> find(String tenantId, DatabaseAddress address) {
    return sessions
        .getCurrentSession()
        .doReturningWork(
            connection -> {
              try (PreparedStatement select = connection.prepareStatement(CREATING)) {
                new Parameters(select).add(tenantId).add(address.server()).add(address.name());
                try (ResultSet row = select.executeQuery()) {
                  return row.next()
                      ? Optional.of(creation(row, tenantId, address))
                      : Optional.empty();
                }
              }
            });
  }

  /**
   * Makes the tenant active with its database.
   *
   * @param schema version of the database
   * @param told what is written with it
   * @return false when the creation has changed since it was read: nothing of the transaction may
   *     stay
   */
  boolean activate(Creation creation, TenantDetails active, int schema, List<SqlPart> told) {
    List<SqlPart> parts = new ArrayList<>();
    parts.add(activation(creation, active, schema));
    parts.addAll(told);
    return run(parts) == 1;
  }

  private int run(List<SqlPart> parts) {
    return sessions
        .getCurrentSession()
        .doReturningWork(connection -> SqlPart.run(connection, parts));
  }

  private static SqlPart activation(Creation creation, TenantDetails active, int schema) {
    return new SqlPart(
        ACTIVATE,
        to ->
            to.add(active.state().code())
                .add(active.updatedAt())
                .add(active.version())
                .add(active.id())
                .add(creation.tenant().version())
                .add(schema)
                .add(creation.address().server())
                .add(creation.address().name()));
  }

  private static Creation creation(ResultSet row, String tenantId, DatabaseAddress address)
      throws SQLException {
    return new Creation(
        new TenantDetails(
            tenantId,
            row.getString("name"),
            row.getString("org"),
            row.getString("plan"),
            row.getString("platform_id"),
            row.getString("currency"),
            names(row.getArray("teams")),
            names(row.getArray("organizations")),
            UserProvisioning.of(row.getString("user_provisioning")).orElseThrow(),
            TenantState.of(row.getString("state")),
            time(row, "created_at"),
            time(row, "updated_at"),
            row.getLong("version")),
        address,
        row.getString("actor"),
        row.getString("request_id"));
  }

  private static List<String> names(Array array) throws SQLException {
    return Stream.of((String[]) array.getArray()).sorted().toList();
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /**
   * A creation that goes on.
   *
   * @param tenant as it is registered
   * @param address of the database that is made
   * @param actor who asked for it
   * @param requestId correlation id of the request, or null
   */
  record Creation(TenantDetails tenant, DatabaseAddress address, String actor, String requestId) {}
}
