package io.platformapi.service.user;

import io.platformapi.service.audit.AuditLog;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.outbox.OutboxWriter;
import io.platformapi.service.persistence.InTenant;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.hibernate.SessionFactory;

/** Puts the parts of the feature together; its DAOs and entities stay inside. */
public final class UserFeature {
  private final UserService service;
  private final UserDirectory directory;

  /**
   * @param sessions the tenants' session factory; audit, outbox and idempotency are built on it too
   * @param roles the tenants' roles
   * @param provisions whether a tenant makes users of persons
   * @param caches of this node
   * @param changes where changed users are announced
   * @param staleAtMost how old a user may get that cannot be compared with its database
   */
  public UserFeature(
      InTenant inTenant,
      SessionFactory sessions,
      AuditLog audit,
      OutboxWriter outbox,
      Idempotency idempotency,
      RoleBook roles,
      Predicate<String> provisions,
      Caches caches,
      Changes changes,
      Duration staleAtMost,
      Clock clock) {
    UserDao users = new UserDao(sessions);
    UserViews views = new UserViews(inTenant, users);
    UserMemory memory = new UserMemory(views::read, caches, changes, staleAtMost);
    UserJournal journal = new UserJournal(audit, outbox);
    this.service = new UserService(inTenant, users, memory, journal, roles, idempotency, clock);
    this.directory = new UserDirectory(inTenant, users, memory, journal, provisions, clock);
  }

  /** For the tenants' session factory. */
  public static List<Class<?>> entities() {
    return List.of(User.class);
  }

  public UserService service() {
    return service;
  }

  /** For authentication, and for whoever decides about users. */
  public UserDirectory directory() {
    return directory;
  }
}
