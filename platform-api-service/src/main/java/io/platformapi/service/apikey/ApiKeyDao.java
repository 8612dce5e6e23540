package io.platformapi.service.apikey;

import io.dropwizard.hibernate.AbstractDAO;
import jakarta.persistence.LockModeType;
import java.util.List;
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
      FROM ApiKey WHERE tenantId = :tenant AND id > :after ORDER BY id
      """;
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

  /** Keys in id order, which is that of their creation, those after the given id. */
  List<ApiKey> page(String tenant, Optional<UUID> after, int rows) {
    return list(
        query(PAGE)
            .setParameter("tenant", tenant)
            .setParameter("after", after.orElse(FIRST))
            .setMaxResults(rows));
  }

  private Query<ApiKey> one(String tenant, UUID id) {
    return query(ONE).setParameter("id", id).setParameter("tenant", tenant);
  }
}
