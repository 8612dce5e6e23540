package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.local.LocalClients;
import io.platformapi.service.local.LocalIssuer;
import io.platformapi.service.problem.UnauthenticatedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenCacheTest {
  private static final String SCOPE = "quotas:read";

  private final MovableClock clock = new MovableClock();
  private LocalIssuer issuer;
  private TokenVerifier verifier;

  @BeforeEach
  void start() throws IOException {
    issuer = LocalIssuer.start(0, new LocalClients());
    verifier =
        new TokenVerifier(
            new SigningKeys(
                Issuers.of(issuer), Duration.ZERO, new Caches(new SimpleMeterRegistry())),
            new AuthConfiguration(issuer.issuer(), LocalIssuer.RESOURCE, "/", "secret"),
            caches(),
            clock);
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void aTokenIsVerifiedOnce() {
    String token = issuer.resourceToken("m2m", SCOPE);
    VerifiedToken first = verifier.verify(token);
    assertThat(verifier.verify(token)).isSameAs(first);
    assertThat(verifier.verify(issuer.resourceToken("m2m", SCOPE))).isNotSameAs(first);
  }

  @Test
  void aKnownTokenEndsAtItsExpiry() {
    Map<String, Object> claims = issuer.claims("m2m", LocalIssuer.RESOURCE, SCOPE);
    claims.put("exp", clock.instant().getEpochSecond() + 60);
    String token = issuer.sign(claims);
    verifier.verify(token);
    clock.move(Duration.ofSeconds(60).plus(AuthConfiguration.CLOCK_SKEW));
    refused(token);
  }

  @Test
  void aKnownTokenIsNotValidBeforeItsTime() {
    Map<String, Object> claims = issuer.claims("m2m", LocalIssuer.RESOURCE, SCOPE);
    claims.put("nbf", clock.instant().getEpochSecond());
    String token = issuer.sign(claims);
    verifier.verify(token);
    clock.move(AuthConfiguration.CLOCK_SKEW.negated().minusSeconds(2));
    refused(token);
  }

  @Test
  void aTokenIsVerifiedAgainAfterMinutes() {
    String token = issuer.resourceToken("m2m", SCOPE);
    VerifiedToken first = verifier.verify(token);
    clock.move(TokenCache.LIFE.minusSeconds(1));
    assertThat(verifier.verify(token)).isSameAs(first);
    clock.move(Duration.ofSeconds(1));
    assertThat(verifier.verify(token)).isNotSameAs(first).isEqualTo(first);
  }

  @Test
  void aKeyThatIsRemovedEndsItsTokens() {
    String old = issuer.resourceToken("m2m", SCOPE);
    verifier.verify(old);
    issuer.rotate();
    String between = issuer.resourceToken("m2m", SCOPE);
    verifier.verify(between);
    assertThat(verifier.verify(old)).isSameAs(verifier.verify(old));
    issuer.rotate();
    verifier.verify(issuer.resourceToken("m2m", SCOPE));
    refused(old);
    assertThat(verifier.verify(between).subject()).isEqualTo("m2m");
  }

  @Test
  void theSameKeysFetchedAgainForgetNothing() {
    String token = issuer.resourceToken("m2m", SCOPE);
    VerifiedToken first = verifier.verify(token);
    // A key id that nobody knows has the keys fetched.
    refused(
        token.replaceFirst(
            "^[^.]*",
            encode(
                """
        {"alg":"ES384","typ":"at+jwt","kid":"nobody's"}""")));
    assertThat(verifier.verify(token)).isSameAs(first);
  }

  @Test
  void aForgedVariantOfAKnownTokenIsRefused() {
    String token = issuer.organizationToken("m2m", "org-acme", SCOPE);
    verifier.verify(token);
    String[] parts = token.split("\\.");
    String other =
        new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
            .replace("org-acme", "org-evil");
    refused(parts[0] + "." + encode(other) + "." + parts[2]);
    refused(parts[0] + "." + parts[1] + "." + encode("x".repeat(96)));
    refused(parts[0] + "." + parts[1] + ".");
    refused(token.substring(0, token.length() - 4) + "AAAA");
    assertThat(verifier.verify(token).organizationId()).isEqualTo("org-acme");
  }

  @Test
  void aRefusalIsNotRemembered() {
    Map<String, Object> claims = issuer.claims("m2m", LocalIssuer.RESOURCE, SCOPE);
    claims.put("nbf", clock.instant().getEpochSecond() + 60);
    String token = issuer.sign(claims);
    refused(token);
    clock.move(Duration.ofSeconds(60));
    assertThat(verifier.verify(token).subject()).isEqualTo("m2m");
  }

  @Test
  void onlySoManyTokensAreKept() {
    TokenCache cache = new TokenCache(caches(), clock);
    Map<String, SigningKey> keys = Map.of();
    for (int i = 0; i < TokenCache.MAX_TOKENS + 1000; i++) {
      cache.get("token-" + i, keys, () -> new TokenCache.Entry(keys, token()));
    }
    assertThat(cache.size()).isLessThanOrEqualTo(TokenCache.MAX_TOKENS);
  }

  @Test
  void aTokenOfAnOlderSetOfKeysIsUnknownHoweverLateItIsPut() {
    TokenCache cache = new TokenCache(caches(), clock);
    Map<String, SigningKey> before = new HashMap<>();
    Map<String, SigningKey> now = new HashMap<>();
    VerifiedToken late = token();
    VerifiedToken anew = token();
    cache.get("token", now, () -> new TokenCache.Entry(before, late));
    assertThat(cache.get("token", now, () -> new TokenCache.Entry(now, anew))).isSameAs(anew);
    assertThat(cache.get("token", now, () -> new TokenCache.Entry(now, late))).isSameAs(anew);
  }

  @Test
  void aTokenWhoseKeyIsNotCertainIsVerifiedAgain() {
    TokenCache cache = new TokenCache(caches(), clock);
    Map<String, SigningKey> keys = Map.of();
    VerifiedToken anew = token();
    cache.get("token", keys, () -> new TokenCache.Entry(null, token()));
    assertThat(cache.get("token", keys, () -> new TokenCache.Entry(keys, anew))).isSameAs(anew);
  }

  private VerifiedToken token() {
    return new VerifiedToken(
        "digest",
        "m2m",
        "m2m",
        null,
        Set.of(),
        null,
        clock.instant().getEpochSecond() + 3600,
        null);
  }

  private Caches caches() {
    return new Caches(new SimpleMeterRegistry(), clock::nanos);
  }

  private void refused(String token) {
    assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(UnauthenticatedException.class);
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class MovableClock extends Clock {
    private Instant now = Instant.now();

    void move(Duration by) {
      now = now.plus(by);
    }

    long nanos() {
      return TimeUnit.MILLISECONDS.toNanos(now.toEpochMilli());
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
