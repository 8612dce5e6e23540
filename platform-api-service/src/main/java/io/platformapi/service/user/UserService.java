package io.platformapi.service.user;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.persistence.SqlFailure;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/** A tenant's users: listed, made, changed, suspended, deleted. */
public final class UserService {
  static final String LIST = "users";

  private static final String UNIQUE_VIOLATION = "23505";
  private static final String ROLE_CONSTRAINT = "user_roles_role";
  private static final Profile NOBODY =
      new Profile(null, null, null, UserStatus.ACTIVE, new TreeSet<>(), new TreeMap<>());

  private final InTenant inTenant;
  private final UserDao users;
  private final UserMemory memory;
  private final UserJournal journal;
  private final RoleBook roles;
  private final Idempotency idempotency;
  private final Clock clock;

  UserService(
      InTenant inTenant,
      UserDao users,
      UserMemory memory,
      UserJournal journal,
      RoleBook roles,
      Idempotency idempotency,
      Clock clock) {
    this.inTenant = inTenant;
    this.users = users;
    this.memory = memory;
    this.journal = journal;
    this.roles = roles;
    this.idempotency = idempotency;
    this.clock = clock;
  }

  /** Those that the caller may see. */
  Page<UserDetails> list(Caller caller, UserQuery wanted, PageRequest page) {
    RowFilter visible = caller.access().rows(UserDao.COLUMNS);
    UUID after = page.after().map(cursor -> cursor.uuid(0)).orElse(null);
    List<UserDetails> rows =
        wanted.hopeless()
            ? List.of()
            : inTenant.read(
                caller.tenant(),
                () ->
                    users.page(wanted, visible, after, page.rowsToRead()).stream()
                        .map(User::details)
                        .toList());
    return Page.of(rows, page, user -> Cursor.of(LIST, user.id()));
  }

  /**
   * @throws ResourceNotFoundException also when the user is deleted, or the caller may not see it
   */
  UserDetails get(Caller caller, UUID id) {
    return inTenant.read(
        caller.tenant(),
        () -> {
          User user = present(users.find(id));
          check(caller, user);
          return user.details();
        });
  }

  /**
   * Makes a user. The subject of one that was deleted may be given again.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule
   * @throws ForbiddenException when the caller may not say who has which role
   * @throws ConflictException when the subject or the email is taken
   */
  Response create(UserChange change, NewUser given, Function<UserDetails, Response> answer) {
    Profile profile = UserRules.check(given);
    Origin origin = Origin.of(change.caller());
    UUID id = Uuid7.next();
    change.caller().access().checkWanted(UserPolicyView.of(id, profile));
    return changing(
        keys(origin.tenantId(), null, profile.subject()),
        origin.tenantId(),
        () ->
            idempotency.once(change.idempotent(), () -> answer.apply(create(change, id, profile))));
  }

  private UserDetails create(UserChange change, UUID id, Profile profile) {
    checkRoles(change.caller(), NOBODY, profile);
    if (profile.subject() != null) {
      users.release(profile.subject());
    }
    User user = new User(id, profile, clock.instant());
    users.insert(user);
    users.flush();
    journal.created(
        Origin.of(change.caller()), user.id(), profile, NOBODY.changedIn(profile), "api");
    return user.details();
  }

  /**
   * Changes what the patch names; a patch that says what is there already changes nothing.
   *
   * @param answer makes the answer, which is stored for a repeated request
   * @throws ValidationException that names every broken rule
   * @throws ForbiddenException when the caller may not say who has which role
   * @throws ConflictException when the subject or the email is taken
   */
  Response patch(
      UserChange change, UUID id, UserPatch patch, Function<UserDetails, Response> answer) {
    Origin origin = Origin.of(change.caller());
    String given = patch == null || patch.subject() == null ? null : patch.subject().textValue();
    return change(
        origin.tenantId(),
        id,
        given,
        subject ->
            idempotency.once(
                change.idempotent(),
                () -> answer.apply(patch(change, locked(id, subject), patch))));
  }

  private UserDetails patch(UserChange change, User user, UserPatch patch) {
    check(change.caller(), user);
    change.precondition().accept(user.version());
    Profile before = user.profile();
    Profile after = UserRules.check(before, patch);
    if (before.equals(after)) {
      return user.details();
    }
    change.caller().access().checkWanted(UserPolicyView.of(user.id(), after));
    checkRoles(change.caller(), before, after);
    if (after.subject() != null && !after.subject().equals(before.subject())) {
      users.release(after.subject());
    }
    user.become(after, clock.instant());
    users.flush();
    journal.changed(Origin.of(change.caller()), user.id(), before, after);
    return user.details();
  }

  /**
   * Roles are rights: who gives or takes them, or lets somebody else have those of a user by
   * another subject, must be allowed to assign them.
   */
  private void checkRoles(Caller caller, Profile before, Profile after) {
    SortedSet<String> added = new TreeSet<>(after.roles());
    added.removeAll(before.roles());
    SortedSet<String> assigned = new TreeSet<>(before.roles());
    assigned.removeAll(after.roles());
    boolean handedOn = !Objects.equals(before.subject(), after.subject());
    assigned.addAll(handedOn ? after.roles() : added);
    if (!assigned.isEmpty() && !roles.mayAssign(caller, assigned)) {
      throw caller
          .access()
          .refuse(
              Reason.ROLE_NOT_ASSIGNABLE,
              "only who may change a role in the policy can say who has it");
    }
    Set<String> unknown = added.isEmpty() ? Set.of() : roles.unknown(caller.tenant(), added);
    if (!unknown.isEmpty()) {
      throw unknownRoles(String.join(", ", new TreeSet<>(unknown)));
    }
  }

  /** Erases what is personal of a user and keeps its tokens refused. */
  void delete(UserChange change, UUID id) {
    Origin origin = Origin.of(change.caller());
    change(
        origin.tenantId(),
        id,
        null,
        subject -> {
          User user = locked(id, subject);
          check(change.caller(), user);
          change.precondition().accept(user.version());
          Profile before = user.profile();
          user.delete(clock.instant());
          journal.deleted(origin, id, before);
          return null;
        });
  }

  /**
   * Runs a change of a user with its subject, in a transaction. What is remembered of it must be
   * named before, so the change begins anew when somebody else gave it another subject meanwhile.
   */
  private <T> T change(String tenantId, UUID id, String newSubject, Function<String, T> work) {
    while (true) {
      // One that is gone shows in the work: a repeated request still gets its first answer.
      String subject =
          inTenant.read(tenantId, () -> users.find(id).map(User::subject).orElse(null));
      try {
        return changing(
            keys(tenantId, id, subject, newSubject), tenantId, () -> work.apply(subject));
      } catch (SubjectMovedException e) {
        continue;
      }
    }
  }

  private <T> T changing(List<UserKey> keys, String tenantId, Supplier<T> work) {
    try {
      return memory.around(keys, () -> inTenant.transaction(tenantId, work));
    } catch (SqlFailure e) {
      throw refused(e);
    }
  }

  private User locked(UUID id, String subject) {
    User user = present(users.lock(id));
    if (!Objects.equals(user.subject(), subject)) {
      throw new SubjectMovedException();
    }
    return user;
  }

  private static void check(Caller caller, User user) {
    caller.access().checkPresent("user", UserPolicyView.of(user.id(), user.profile()));
  }

  private static User present(Optional<User> user) {
    return user.filter(found -> found.status() != UserStatus.DELETED)
        .orElseThrow(() -> new ResourceNotFoundException("user"));
  }

  private static List<UserKey> keys(String tenantId, UUID id, String... subjects) {
    List<UserKey> keys = new ArrayList<>();
    if (id != null) {
      keys.add(UserKey.ofId(tenantId, id));
    }
    for (String subject : subjects) {
      if (subject != null && Texts.subject(subject)) {
        keys.add(UserKey.ofSubject(tenantId, subject));
      }
    }
    return keys.stream().distinct().toList();
  }

  private static RuntimeException refused(SqlFailure failure) {
    if (ROLE_CONSTRAINT.equals(failure.constraint())) {
      return unknownRoles("one that was removed meanwhile");
    }
    if (!UNIQUE_VIOLATION.equals(failure.sqlState())) {
      return failure;
    }
    return new ConflictException(
        failure.constraint().equals("users_email_unique")
            ? "the email belongs to another user"
            : "the subject belongs to another user");
  }

  private static ValidationException unknownRoles(String which) {
    return new ValidationException("roles", "must be roles of the tenant, not " + which);
  }

  /** Somebody else changed the subject of the user meanwhile. */
  private static final class SubjectMovedException extends RuntimeException {}
}
