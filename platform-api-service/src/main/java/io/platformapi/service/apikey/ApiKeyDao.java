package io.platformapi.service.apikey;

import io.dropwizard.hibernate.AbstractDAO;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.persistence.NativeRows;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.query.Query;

/** Reads and writes a tenant's keys in the current admin session. */
final class ApiKeyDao extends AbstractDAO<ApiKey> {
  private static final String ONE =
      """
      FROM ApiKey WHERE id = :id AND tenantId = :tenant
      """;
  private static final String PAGE =
      """
      SELECT k.* FROM api_keys k WHERE k.tenant_id = ? AND k.id > ? AND (%s) ORDER BY k.id LIMIT ?
      """;

  /** What policies read of a key. */
  static final RowColumns COLUMNS =
      new RowColumns(
          Map.of(
              "resource.id", "CAST(k.id AS text)",
              "resource.name", "k.name",
              "resource.createdBy", "k.created_by",
              "resource.scopes", "k.scopes"));

  // Below every UUIDv7.
  private static final UUID FIRST = new UUID(0, 0);

  ApiKeyDao(SessionFactory sessions) {
    super(sessions);
  }

  Optional<ApiKey> find(String tenant, UUID id) {
    return one(tenant, id).uniqueResultOptional();
  }

  /** Keeps everybody else from changing it until the transaction ends. */
  Optional<ApiKey> lock(String tenant, UUID id) {
    return one(tenant, id).setLockMode(LockModeType.PESSIMISTIC_WRITE).uniqueResultOptional();
  }

  void insert(ApiKey key) {
    currentSession().persist(key);
  }

  /** Writes now what the session holds. */
  void flush() {
    currentSession().flush();
  }

  /**
   * Keys in id order, which is that of their creation, those after the given id.
   *
   * @param visible what the caller may see, in {@link #COLUMNS}
   */
  List<ApiKey> page(String tenant, RowFilter visible, Optional<UUID> after, int rows) {
    List<Object> values = new ArrayList<>();
    values.add(tenant);
    values.add(after.orElse(FIRST));
    values.addAll(visible.binds());
    values.add(rows);
    return NativeRows.list(currentSession(), ApiKey.class, PAGE.formatted(visible.sql()), values);
  }

  private Query<ApiKey> one(String tenant, UUID id) {
    return query(ONE).setParameter("id", id).setParameter("tenant", tenant);
  }
}
