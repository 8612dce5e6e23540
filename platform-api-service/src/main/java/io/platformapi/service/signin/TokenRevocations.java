package io.platformapi.service.signin;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.auth.Revocations;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.cache.Snapshot;
import io.platformapi.service.cache.SnapshotOptions;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All revocations that still matter, in memory; the admin database is the truth.
 *
 * <p>A revocation is in force here when the call returns, on the other nodes with the hint of the
 * change, or without one with their next look at the table of changes.
 */
public final class TokenRevocations implements Revocations, Managed {
  // Longer than the issuer lets any access token live, so no token outlives what revokes it.
  static final Duration LONGEST_TOKEN = Duration.ofDays(7);

  private static final Duration EVERY = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final String EVERYTHING = "0";
  private static final String ANY_TENANT = "";

  private final Logger log = LoggerFactory.getLogger(TokenRevocations.class);
  private final InAdmin admin;
  private final RevocationSql sql;
  private final Changes changes;
  private final Clock clock;
  private final Snapshot<Revoked> snapshot;
  private final Revoked revoked = new Revoked();

  private volatile boolean loaded;
  private String horizon = EVERYTHING;

  public TokenRevocations(InAdmin admin, Caches caches, Changes changes, Clock clock) {
    this.admin = admin;
    this.sql = new RevocationSql(admin);
    this.changes = changes;
    this.clock = clock;
    this.snapshot =
        caches.whole(
            CacheKind.REVOCATION,
            "revocations",
            revoked,
            this::look,
            new SnapshotOptions<>(EVERY, RETRY, Revoked::size));
  }

  /** Loads before the first request comes; the caches go on from there. */
  @Override
  public void start() {
    try {
      snapshot.refresh();
    } catch (RuntimeException e) {
      log.warn("revocations cannot be read: {}", e.getMessage());
    }
  }

  @Override
  public boolean isRevoked(String tokenId) {
    if (!loaded) {
      throw new UnavailableException("what was revoked cannot be told now", RETRY);
    }
    return snapshot.get().tokens.containsKey(tokenId);
  }

  @Override
  public boolean isRevoked(String tenantId, String subject, Instant issuedAt) {
    Map<SubjectKey, Until> subjects = revoked.subjects;
    if (subjects.isEmpty()) {
      return false;
    }
    return covers(subjects.get(new SubjectKey(ANY_TENANT, subject)), issuedAt)
        || tenantId != null && covers(subjects.get(new SubjectKey(tenantId, subject)), issuedAt);
  }

  /**
   * Revokes one token on all nodes.
   *
   * @param tokenId as {@link io.platformapi.service.auth.Credential#id()} has it
   * @param expiresAt when the token ends by itself
   * @param alongside what belongs into the same transaction of the admin database, such as the
   *     audit row
   */
  public void revoke(String tokenId, Instant expiresAt, Runnable alongside) {
    // The verifier believes a token a little longer than its expiry.
    RevocationSql.Token token = new RevocationSql.Token(tokenId, expiresAt.plusSeconds(60));
    admin.transaction(
        () -> {
          sql.insert(token, clock.instant());
          changes.record(CacheKind.REVOCATION, tokenId);
          alongside.run();
          return null;
        });
    // Committed, so it holds here even if it cannot be read back now.
    remember(token);
  }

  /**
   * Revokes every token of a subject that was issued until then, on all nodes.
   *
   * @param tenantId the tenant in which they end, or null for everywhere
   * @param issuedUntil to the second, since tokens tell no more
   * @param alongside what belongs into the same transaction of the admin database
   */
  public void revokeSubject(
      String tenantId, String subject, Instant issuedUntil, Runnable alongside) {
    RevocationSql.Subject subjectRevoked =
        new RevocationSql.Subject(
            tenantId == null ? ANY_TENANT : tenantId,
            subject,
            issuedUntil,
            clock.instant().plus(LONGEST_TOKEN));
    admin.transaction(
        () -> {
          sql.insert(subjectRevoked, clock.instant());
          changes.record(CacheKind.REVOCATION, subjectRevoked.tenantId() + "/" + subject);
          alongside.run();
          return null;
        });
    remember(subjectRevoked);
  }

  /** Adds what was written since the last look: the whole is too large to be read each time. */
  private Revoked look() {
    RevocationSql.News news = sql.since(horizon);
    news.tokens().forEach(this::remember);
    news.subjects().forEach(this::remember);
    horizon = news.horizon();
    loaded = true;
    revoked.forgetBefore(clock.instant());
    return revoked;
  }

  private void remember(RevocationSql.Token token) {
    revoked.tokens.put(token.id(), token.expiresAt());
  }

  private void remember(RevocationSql.Subject subject) {
    revoked.subjects.merge(
        new SubjectKey(subject.tenantId(), subject.subject()),
        new Until(subject.issuedUntil(), subject.expiresAt()),
        Until::later);
  }

  private static boolean covers(Until revoked, Instant issuedAt) {
    // Tokens tell whole seconds: one of the same second may be from before, so it ends too.
    return revoked != null
        && (issuedAt == null || issuedAt.getEpochSecond() <= revoked.issued().getEpochSecond());
  }

  /** What is revoked: one and the same, which only grows between two clean-ups. */
  private static final class Revoked {
    final Map<String, Instant> tokens = new ConcurrentHashMap<>();
    final Map<SubjectKey, Until> subjects = new ConcurrentHashMap<>();

    void forgetBefore(Instant now) {
      tokens.values().removeIf(until -> until.isBefore(now));
      subjects.values().removeIf(until -> until.expiresAt().isBefore(now));
    }

    long size() {
      return (long) tokens.size() + subjects.size();
    }
  }

  private record SubjectKey(String tenantId, String subject) {}

  private record Until(Instant issued, Instant expiresAt) {
    Until later(Until other) {
      return new Until(
          issued.isAfter(other.issued) ? issued : other.issued,
          expiresAt.isAfter(other.expiresAt) ? expiresAt : other.expiresAt);
    }
  }
}
