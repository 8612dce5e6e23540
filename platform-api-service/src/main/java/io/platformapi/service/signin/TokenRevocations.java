package io.platformapi.service.signin;

import io.dropwizard.lifecycle.Managed;
import io.platformapi.service.auth.Revocations;
import io.platformapi.service.concurrent.DaemonThreads;
import io.platformapi.service.persistence.InAdmin;
import io.platformapi.service.problem.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All revocations that still matter, in memory; the admin database is the truth.
 *
 * <p>A revocation is in force here when the call returns, on the other nodes with the hint that it
 * sends, or without one with their next look, which comes every 500 ms.
 */
public final class TokenRevocations implements Revocations, Managed {
  /** Kind of the hints that something was revoked. */
  public static final String KIND = "revocation";

  static final Duration LOOK = Duration.ofMillis(500);
  // Longer than the issuer lets any access token live, so no token outlives what revokes it.
  static final Duration LONGEST_TOKEN = Duration.ofDays(7);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final String EVERYTHING = "0";
  private static final String ANY_TENANT = "";

  private final Logger log = LoggerFactory.getLogger(TokenRevocations.class);
  private final InAdmin admin;
  private final RevocationSql sql;
  private final Clock clock;
  private final Consumer<String> hint;
  private final ScheduledExecutorService background;
  private final Map<String, Instant> tokens = new ConcurrentHashMap<>();
  private final Map<SubjectKey, Until> subjects = new ConcurrentHashMap<>();

  private volatile boolean loaded;
  private String horizon = EVERYTHING;

  /**
   * @param hint tells the other nodes that something was revoked; may lose it
   */
  public TokenRevocations(InAdmin admin, Clock clock, Consumer<String> hint) {
    this.admin = admin;
    this.sql = new RevocationSql(admin);
    this.clock = clock;
    this.hint = hint;
    this.background = Executors.newSingleThreadScheduledExecutor(new DaemonThreads("revocations"));
  }

  @Override
  public void start() {
    lookQuietly();
    background.scheduleWithFixedDelay(
        this::lookQuietly, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void stop() {
    background.shutdownNow();
  }

  @Override
  public boolean isRevoked(String tokenId) {
    if (!loaded) {
      throw new UnavailableException("what was revoked cannot be told now", RETRY_AFTER);
    }
    return tokens.containsKey(tokenId);
  }

  @Override
  public boolean isRevoked(String tenantId, String subject, Instant issuedAt) {
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
          alongside.run();
          return null;
        });
    remember(token);
    hint.accept(tokenId);
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
    RevocationSql.Subject revoked =
        new RevocationSql.Subject(
            tenantId == null ? ANY_TENANT : tenantId,
            subject,
            issuedUntil,
            clock.instant().plus(LONGEST_TOKEN));
    admin.transaction(
        () -> {
          sql.insert(revoked, clock.instant());
          alongside.run();
          return null;
        });
    remember(revoked);
    hint.accept(revoked.tenantId() + "/" + subject);
  }

  /** Another node has revoked something: looks now. */
  public void invalidated() {
    try {
      background.execute(this::lookQuietly);
    } catch (RejectedExecutionException e) {
      log.debug("stopped");
    }
  }

  private void lookQuietly() {
    try {
      look();
    } catch (RuntimeException e) {
      log.warn("revocations cannot be read: {}", e.getMessage());
    }
  }

  private synchronized void look() {
    RevocationSql.News news = sql.since(horizon);
    news.tokens().forEach(this::remember);
    news.subjects().forEach(this::remember);
    horizon = news.horizon();
    loaded = true;
    Instant now = clock.instant();
    tokens.values().removeIf(until -> until.isBefore(now));
    subjects.values().removeIf(until -> until.expiresAt().isBefore(now));
  }

  private void remember(RevocationSql.Token token) {
    tokens.put(token.id(), token.expiresAt());
  }

  private void remember(RevocationSql.Subject subject) {
    subjects.merge(
        new SubjectKey(subject.tenantId(), subject.subject()),
        new Until(subject.issuedUntil(), subject.expiresAt()),
        Until::later);
  }

  private static boolean covers(Until revoked, Instant issuedAt) {
    // Tokens tell whole seconds: one of the same second may be from before, so it ends too.
    return revoked != null
        && (issuedAt == null || issuedAt.getEpochSecond() <= revoked.issued().getEpochSecond());
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
