package io.platformapi.service.persistence;

import java.util.List;
import org.hibernate.Session;
import org.hibernate.query.NativeQuery;

/** Reads entities by SQL of PostgreSQL, where Hibernate's own language does not reach. */
public final class NativeRows {
  private NativeRows() {}

  /**
   * @param sql gives all columns of the entity's table, with one {@code ?} for each value
   */
  public static <T> List<T> list(Session session, Class<T> entity, String sql, List<?> values) {
    NativeQuery<T> query = session.createNativeQuery(sql, entity);
    for (int i = 0; i < values.size(); i++) {
      query.setParameter(i + 1, values.get(i));
    }
    return query.list();
  }
}
