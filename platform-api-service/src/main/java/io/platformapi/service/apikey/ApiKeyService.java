package io.platformapi.service.apikey;

import io.platformapi.service.audit.AuditAction;
import io.platformapi.service.auth.Caller;
import io.platformapi.service.auth.Credential;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Cursor;
import io.platformapi.service.http.Idempotency;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.ValidationException;
import jakarta.ws.rs.core.Response;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** A tenant's API keys: made, shown, rotated and revoked. */
public final class ApiKeyService {
  static final String LIST = "api-keys";

  private static final String THING = "API key";

  private final InAdmin admin;
  private final ApiKeyDao keys;
  private final KeyHashes hashes;
  private final KeyJournal journal;
  private final Idempotency idempotency;
  private final Consumer<String> changed;
  private final Clock clock;
  private final ApiKeyRules rules = new ApiKeyRules();
  private final SecureRandom random = new SecureRandom();

  /**
   * @param idempotency of the admin database, whose answers are sealed
   * @param changed called with a key's prefix in the transaction that changes the key
   */
  ApiKeyService(
      InAdmin admin,
      ApiKeyDao keys,
      KeyHashes hashes,
      KeyJournal journal,
      Idempotency idempotency,
      Consumer<String> changed,
      Clock clock) {
    this.admin = admin;
    this.keys = keys;
    this.hashes = hashes;
    this.journal = journal;
    this.idempotency = idempotency;
    this.changed = changed;
    this.clock = clock;
  }

  /**
   * Those of a tenant's keys that the caller may see, in order of their creation, also those that
   * have ended.
   */
  Page<ApiKeyDetails> list(Caller caller, PageRequest page) {
    RowFilter visible = caller.access().rows(ApiKeyDao.COLUMNS);
    Optional<UUID> after = page.after().map(cursor -> cursor.uuid(0));
    List<ApiKeyDetails> rows =
        admin.read(
            () ->
                keys.page(caller.tenant(), visible, after, page.rowsToRead()).stream()
                    .map(ApiKey::details)
                    .toList());
    return Page.of(rows, page, key -> Cursor.of(LIST, key.id()));
  }

  /**
   * @throws ResourceNotFoundException when the tenant has no such key, or the caller may not see it
   */
  ApiKeyDetails get(Caller caller, String id) {
    UUID key = uuid(id);
    return admin.read(
        () -> {
          ApiKeyDetails found =
              keys.find(caller.tenant(), key)
                  .map(ApiKey::details)
                  .orElseThrow(ApiKeyService::unknown);
          checkPresent(caller, found);
          return found;
        });
  }

  /**
   * Makes a key and tells it, this once.
   *
   * @param answer made of the new key and kept, encrypted, for a repeated request
   * @throws io.platformapi.service.problem.ForbiddenException for a scope the caller has not
   */
  Response create(KeyChange change, NewApiKey given, Function<IssuedApiKey, Response> answer) {
    NewApiKey wanted = rules.check(given, clock.instant());
    // Before the key of the request is looked at: a lesser caller must not be told the answer.
    rules.checkGrant(change.caller(), wanted.scopes());
    UUID id = Uuid7.next();
    checkWanted(change.caller(), id, wanted);
    return admin.transaction(
        () ->
            idempotency.once(
                change.idempotent(),
                () -> {
                  checkOwnEnd(change.caller(), wanted.expiresAt());
                  Issued issued = issue(change, id, wanted);
                  journal.record(AuditAction.API_KEY_CREATED, change.caller(), issued.details());
                  return answer.apply(IssuedApiKey.of(issued.text(), issued.details()));
                }));
  }

  /**
   * Puts a new key in the place of one, which still works until the overlap ends.
   *
   * @param answer made of the new key and kept, encrypted, for a repeated request
   * @throws io.platformapi.service.problem.ForbiddenException when the key has scopes that the
   *     caller has not
   * @throws ConflictException when the key has ended or was replaced before
   */
  Response rotate(
      KeyChange change, String id, KeyRotation given, Function<IssuedApiKey, Response> answer) {
    KeyRotation wanted = rules.check(given, clock.instant());
    UUID keyId = uuid(id);
    return admin.transaction(
        () -> {
          ApiKey old = locked(change, keyId);
          rules.checkGrant(change.caller(), old.details().scopes());
          changed.accept(old.prefix());
          return idempotency.once(
              change.idempotent(), () -> answer.apply(rotate(change, old, wanted)));
        });
  }

  /**
   * Takes a key back for ever; one that was taken back before stays as it is.
   *
   * @throws ResourceNotFoundException when the tenant has no such key
   */
  void revoke(KeyChange change, String id) {
    UUID keyId = uuid(id);
    admin.transaction(
        () -> {
          ApiKey key = locked(change, keyId);
          change.precondition().accept(key.version());
          // Also of one that was revoked before: this node may not have heard of it yet.
          changed.accept(key.prefix());
          if (!key.revoked()) {
            key.revoke(clock.instant());
            journal.record(AuditAction.API_KEY_REVOKED, change.caller(), key.details());
          }
          return null;
        });
  }

  private IssuedApiKey rotate(KeyChange change, ApiKey old, KeyRotation wanted) {
    change.precondition().accept(old.version());
    Instant now = clock.instant();
    if (old.revoked() || old.expired(now) || old.replaced()) {
      throw new ConflictException("the key has ended or was replaced");
    }
    ApiKeyDetails before = old.details();
    Instant end = wanted.expiresAt() == null ? before.expiresAt() : wanted.expiresAt();
    checkOwnEnd(change.caller(), end);
    UUID id = Uuid7.next();
    NewApiKey successor = new NewApiKey(before.name(), before.scopes(), end);
    checkWanted(change.caller(), id, successor);
    Issued issued = issue(change, id, successor);
    // The old row refers to the new one.
    keys.flush();
    old.replaceBy(issued.details().id(), now.plusSeconds(wanted.overlapSeconds()));
    journal.record(AuditAction.API_KEY_ROTATED, change.caller(), old.details());
    return IssuedApiKey.of(issued.text(), issued.details());
  }

  private ApiKey locked(KeyChange change, UUID id) {
    ApiKey key = keys.lock(change.tenant(), id).orElseThrow(ApiKeyService::unknown);
    checkPresent(change.caller(), key.details());
    return key;
  }

  private static void checkPresent(Caller caller, ApiKeyDetails key) {
    caller.access().checkPresent(THING, view(key.id(), key.name(), key.createdBy(), key.scopes()));
  }

  private static void checkWanted(Caller caller, UUID id, NewApiKey wanted) {
    caller.access().checkWanted(view(id, wanted.name(), caller.subject(), wanted.scopes()));
  }

  private static ResourceView view(UUID id, String name, String createdBy, List<String> scopes) {
    return new ResourceView(
        id.toString(), Map.of("name", name, "createdBy", createdBy, "scopes", scopes));
  }

  private Issued issue(KeyChange change, UUID id, NewApiKey wanted) {
    KeyText text = KeyText.random(random);
    ApiKey key =
        new ApiKey(
            id,
            change.tenant(),
            wanted,
            text.prefix(),
            hashes.of(text),
            new ApiKey.Origin(change.caller().subject(), clock.instant()));
    keys.insert(key);
    // Somebody may have asked for the prefix before there was a key of it.
    changed.accept(key.prefix());
    return new Issued(text, key.details());
  }

  /** What a key makes must not outlive it, or a leaked key could not be got rid of. */
  private void checkOwnEnd(Caller caller, Instant end) {
    if (caller.credential().kind() != Credential.Kind.API_KEY) {
      return;
    }
    // Locked: either it was revoked before, and makes nothing, or it is revoked after.
    ApiKey own =
        keys.lock(caller.tenant(), UUID.fromString(caller.credential().id()))
            .filter(key -> !key.revoked() && !key.expired(clock.instant()))
            .orElseThrow(() -> caller.access().refuseCredential("the API key has ended"));
    Instant last = own.details().expiresAt();
    if (last != null && (end == null || end.isAfter(last))) {
      throw new ValidationException("expiresAt", "must not be after the end of the caller's key");
    }
  }

  private static UUID uuid(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static ResourceNotFoundException unknown() {
    return new ResourceNotFoundException(THING);
  }

  private record Issued(KeyText text, ApiKeyDetails details) {}
}
