package io.platformapi.service.user;

import io.dropwizard.hibernate.AbstractDAO;
import jakarta.persistence.LockModeType;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.hibernate.SessionFactory;
import org.hibernate.query.Query;

/** Reads and writes users in the current session of a tenant's database. */
final class UserDao extends AbstractDAO<User> {
  private static final UUID FIRST = new UUID(0, 0);

  private static final String PAGE =
      """
      FROM User u WHERE u.status <> 'deleted' AND u.id > :after
      """;
  private static final String WITH_STATUS = " AND u.status = :status";
  private static final String WITH_ROLE = " AND :role MEMBER OF u.roles";
  private static final String WITH_EMAIL = " AND lower(u.email) = lower(:email)";
  private static final String WITH_SUBJECT = " AND u.subject = :subject";
  private static final String IN_ORDER = " ORDER BY u.id";

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
   * @param after id of the last one before, or null for the first ones
   */
  List<User> page(UserQuery wanted, UUID after, int rows) {
    String text =
        PAGE
            + (wanted.status() == null ? "" : WITH_STATUS)
            + (wanted.role() == null ? "" : WITH_ROLE)
            + (wanted.email() == null ? "" : WITH_EMAIL)
            + (wanted.subject() == null ? "" : WITH_SUBJECT)
            + IN_ORDER;
    Query<User> query = query(text).setParameter("after", after == null ? FIRST : after);
    if (wanted.status() != null) {
      query.setParameter("status", wanted.status().code());
    }
    if (wanted.role() != null) {
      query.setParameter("role", wanted.role());
    }
    if (wanted.email() != null) {
      query.setParameter("email", wanted.email());
    }
    if (wanted.subject() != null) {
      query.setParameter("subject", wanted.subject());
    }
    return list(query.setMaxResults(rows));
  }
}
