package io.platformapi.service.tenant;

import io.dropwizard.hibernate.AbstractDAO;
import io.platformapi.service.http.IdempotentRequest;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.SessionFactory;

/** Reads and writes the rows of tenant databases in the current admin session. */
final class TenantDatabaseDao extends AbstractDAO<TenantDatabase> {
  private static final String UNFINISHED =
      """
      SELECT tenantId FROM TenantDatabase WHERE state = 'creating' AND updatedAt < :before
      ORDER BY updatedAt
      """;
  private static final String OF_REQUEST =
      """
      SELECT tenantId FROM TenantDatabase WHERE requestScope = :scope AND requestKey = :key
      ORDER BY createdAt DESC LIMIT 1
      """;

  TenantDatabaseDao(SessionFactory sessions) {
    super(sessions);
  }

  Optional<TenantDatabase> find(String tenantId) {
    return Optional.ofNullable(get(tenantId));
  }

  Optional<TenantDatabase> lock(String tenantId) {
    return Optional.ofNullable(
        currentSession().find(TenantDatabase.class, tenantId, LockModeType.PESSIMISTIC_WRITE));
  }

  /** Tenants whose creation has not moved since. */
  List<String> unfinished(Instant before) {
    return currentSession()
        .createQuery(UNFINISHED, String.class)
        .setParameter("before", before)
        .list();
  }

  /** The tenant that a request with an Idempotency-Key began to create. */
  Optional<String> ofRequest(IdempotentRequest request) {
    return currentSession()
        .createQuery(OF_REQUEST, String.class)
        .setParameter("scope", request.scope())
        .setParameter("key", request.key())
        .uniqueResultOptional();
  }
}
