package io.platformapi.service.user;

import io.platformapi.service.auth.TenantView;
import io.platformapi.service.auth.UserLookup;
import io.platformapi.service.auth.UserView;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InTenant;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/** Tells from memory which user a request is of, and makes users of persons just in time. */
public final class UserDirectory implements UserLookup {
  private final InTenant inTenant;
  private final UserDao users;
  private final UserMemory memory;
  private final UserJournal journal;
  private final Predicate<String> provisions;
  private final Clock clock;

  /**
   * @param provisions whether a tenant makes users of persons
   */
  UserDirectory(
      InTenant inTenant,
      UserDao users,
      UserMemory memory,
      UserJournal journal,
      Predicate<String> provisions,
      Clock clock) {
    this.inTenant = inTenant;
    this.users = users;
    this.memory = memory;
    this.journal = journal;
    this.provisions = provisions;
    this.clock = clock;
  }

  @Override
  public Optional<UserView> ofSubject(TenantView tenant, Holder holder) {
    if (!Texts.subject(holder.subject())) {
      return Optional.empty();
    }
    UserKey key = UserKey.ofSubject(tenant.id(), holder.subject());
    Optional<UserView> known = memory.get(key);
    if (known.isPresent() || !holder.person() || !provisions.test(tenant.id())) {
      return known;
    }
    provision(key, tenant, holder);
    return memory.get(key);
  }

  @Override
  public Optional<UserView> byId(TenantView tenant, String userId) {
    try {
      return memory.get(UserKey.ofId(tenant.id(), UUID.fromString(userId)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The user with a subject, also one that may not act; nobody is made a user. */
  public Optional<UserView> known(String tenantId, String subject) {
    return Texts.subject(subject)
        ? memory.get(UserKey.ofSubject(tenantId, subject))
        : Optional.empty();
  }

  /** Whether a user has the role, as stored now; joins a transaction on the tenant's database. */
  public boolean anyHas(String tenantId, String role) {
    return inTenant.read(tenantId, () -> users.anyHas(role));
  }

  /** Several at once may find somebody unknown: one of them makes the user. */
  private void provision(UserKey key, TenantView tenant, Holder holder) {
    Origin origin =
        new Origin(tenant.id(), tenant.platformId(), holder.subject(), holder.requestId());
    Profile profile =
        new Profile(
            holder.subject(), null, null, UserStatus.ACTIVE, new TreeSet<>(), new TreeMap<>());
    memory.around(
        List.of(key),
        () ->
            inTenant.transaction(
                tenant.id(),
                () -> {
                  UUID id = Uuid7.next();
                  if (users.insertIfUnknown(id, holder.subject(), clock.instant())) {
                    journal.created(origin, id, profile, List.of("subject"), "jit");
                  }
                  return id;
                }));
  }
}
