package io.platformapi.service.tenant;

import io.dropwizard.hibernate.AbstractDAO;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import org.hibernate.SessionFactory;

/** Reads and writes tenants in the current admin session. */
final class TenantDao extends AbstractDAO<Tenant> {
  private static final String PAGE =
      """
      FROM Tenant WHERE id > :after ORDER BY id
      """;

  TenantDao(SessionFactory sessions) {
    super(sessions);
  }

  Optional<Tenant> find(String id) {
    return Optional.ofNullable(get(id));
  }

  Optional<Tenant> lock(String id) {
    return Optional.ofNullable(
        currentSession().find(Tenant.class, id, LockModeType.PESSIMISTIC_WRITE));
  }

  void insert(Tenant tenant) {
    currentSession().persist(tenant);
  }

  /** Writes now what the session holds, so that a broken rule shows here. */
  void flush() {
    currentSession().flush();
  }

  /** Tenants in id order, those after the given id. */
  List<Tenant> page(String after, int rows) {
    return list(query(PAGE).setParameter("after", after).setMaxResults(rows));
  }
}
