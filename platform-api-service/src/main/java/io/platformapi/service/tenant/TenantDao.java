package io.platformapi.service.tenant;

import io.dropwizard.hibernate.AbstractDAO;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.persistence.NativeRows;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hibernate.SessionFactory;

/** Reads and writes tenants in the current admin session. */
final class TenantDao extends AbstractDAO<Tenant> {
  private static final String PAGE =
      """
      SELECT t.* FROM tenants t WHERE t.id > ? AND (%s) ORDER BY t.id LIMIT ?
      """;

  /** What policies read of a tenant. */
  static final RowColumns COLUMNS =
      new RowColumns(
          Map.of(
              "resource.id", "t.id",
              "resource.plan", "t.plan",
              "resource.state", "t.state"));

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

  /** Writes now what the session holds, so that a broken rule shows here. */
  void flush() {
    currentSession().flush();
  }

  /**
   * Tenants in id order, those after the given id.
   *
   * @param visible what the caller may see, in {@link #COLUMNS}
   */
  List<Tenant> page(RowFilter visible, String after, int rows) {
    List<Object> values = new ArrayList<>();
    values.add(after);
    values.addAll(visible.binds());
    values.add(rows);
    return NativeRows.list(currentSession(), Tenant.class, PAGE.formatted(visible.sql()), values);
  }
}
