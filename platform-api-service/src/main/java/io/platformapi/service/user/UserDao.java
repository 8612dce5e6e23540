package io.platformapi.service.user;

import io.dropwizard.hibernate.AbstractDAO;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.persistence.NativeRows;
import jakarta.persistence.LockModeType;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.SessionFactory;

/** Reads and writes users in the current session of a tenant's database. */
final class UserDao extends AbstractDAO<User> {
  private static final UUID FIRST = new UUID(0, 0);

  private static final String PAGE =
      """
      SELECT u.* FROM users u WHERE u.status <> 'deleted' AND u.id > ?
      """;
  private static final String WITH_STATUS = " AND u.status = ?";
  private static final String WITH_ROLE =
      " AND EXISTS (SELECT FROM user_roles r WHERE r.user_id = u.id AND r.role = ?)";
  private static final String WITH_EMAIL = " AND lower(u.email) = lower(?)";
  private static final String WITH_SUBJECT = " AND u.subject = ?";
  private static final String VISIBLE = " AND (%s) ORDER BY u.id LIMIT ?";

  /** What policies read of a user, see {@link UserPolicyView}. */
  static final RowColumns COLUMNS =
      new RowColumns(
          Map.of(
              "resource.id", "CAST(u.id AS text)",
              "resource.subject", "u.subject",
              "resource.email", "u.email",
              "resource.status", "u.status",
              "resource.roles", "ARRAY(SELECT r.role FROM user_roles r WHERE r.user_id = u.id)"),
          "u.attributes");

  private static final String OF_SUBJECT =
      """
      FROM User WHERE subject = :subject
      """;
  private static final String WITH_A_ROLE =
      """
      SELECT u.id FROM User u WHERE :role MEMBER OF u.roles
      """;
  private static final String RELEASE =
      """
      UPDATE User SET subject = NULL WHERE subject = :subject AND status = 'deleted'
      """;
  private static final String INSERT_IF_UNKNOWN =
      """
      INSERT INTO users (id, subject, status, created_at, updated_at, version)
      VALUES (?, ?, 'active', ?, ?, 1) ON CONFLICT (subject) DO NOTHING
      """;

  UserDao(SessionFactory sessions) {
    super(sessions);
  }

  /** Also one that is deleted. */
  Optional<User> find(UUID id) {
    return Optional.ofNullable(get(id));
  }

  /** Keeps everybody else from changing the user until the transaction ends. */
  Optional<User> lock(UUID id) {
    return Optional.ofNullable(
        currentSession().find(User.class, id, LockModeType.PESSIMISTIC_WRITE));
  }

  /** Also one that is deleted. */
  Optional<User> ofSubject(String subject) {
    return query(OF_SUBJECT).setParameter("subject", subject).uniqueResultOptional();
  }

  boolean anyHas(String role) {
    return !currentSession()
        .createQuery(WITH_A_ROLE, UUID.class)
        .setParameter("role", role)
        .setMaxResults(1)
        .list()
        .isEmpty();
  }

  void insert(User user) {
    currentSession().persist(user);
  }

  /** Makes a user of a subject; false when there is one, also one that is deleted. */
  boolean insertIfUnknown(UUID id, String subject, Instant now) {
    return currentSession()
        .doReturningWork(
            connection -> {
              try (PreparedStatement insert = connection.prepareStatement(INSERT_IF_UNKNOWN)) {
                insert.setObject(1, id);
                insert.setString(2, subject);
                insert.setTimestamp(3, Timestamp.from(now));
                insert.setTimestamp(4, Timestamp.from(now));
                return insert.executeUpdate() == 1;
              }
            });
  }

  /** Lets a subject be given to somebody again after its user was deleted. */
  void release(String subject) {
    currentSession().createMutationQuery(RELEASE).setParameter("subject", subject).executeUpdate();
  }

  /** Writes now what the session holds, so that a broken rule shows here. */
  void flush() {
    currentSession().flush();
  }

  /**
   * Users in id order that are not deleted.
   *
   * @param visible what the caller may see, in {@link #COLUMNS}
   * @param after id of the last one before, or null for the first ones
   */
  List<User> page(UserQuery wanted, RowFilter visible, UUID after, int rows) {
    StringBuilder sql = new StringBuilder(PAGE);
    List<Object> values = new ArrayList<>();
    values.add(after == null ? FIRST : after);
    if (wanted.status() != null) {
      sql.append(WITH_STATUS);
      values.add(wanted.status().code());
    }
    if (wanted.role() != null) {
      sql.append(WITH_ROLE);
      values.add(wanted.role());
    }
    if (wanted.email() != null) {
      sql.append(WITH_EMAIL);
      values.add(wanted.email());
    }
    if (wanted.subject() != null) {
      sql.append(WITH_SUBJECT);
      values.add(wanted.subject());
    }
    sql.append(VISIBLE.formatted(visible.sql()));
    values.addAll(visible.binds());
    values.add(rows);
    return NativeRows.list(currentSession(), User.class, sql.toString(), values);
  }
}
