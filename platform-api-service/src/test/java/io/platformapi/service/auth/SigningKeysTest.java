package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.local.LocalClients;
import io.platformapi.service.local.LocalIssuer;
import io.platformapi.service.problem.UnauthenticatedException;
import io.platformapi.service.problem.UnavailableException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SigningKeysTest {
  private LocalIssuer issuer;

  @BeforeEach
  void start() throws IOException {
    issuer = LocalIssuer.start(0, new LocalClients());
  }

  @AfterEach
  void stop() {
    issuer.close();
  }

  @Test
  void knownKeysOutliveTheIssuer() {
    TokenVerifier verifier = verifier(Duration.ZERO);
    String token = issuer.resourceToken("m2m", "quotas:read");
    verifier.verify(token);
    issuer.rotate();
    String ofNewKey = issuer.resourceToken("m2m", "quotas:read");
    issuer.close();
    assertThat(verifier.verify(token).subject()).isEqualTo("m2m");
    assertThatThrownBy(() -> verifier.verify(ofNewKey))
        .isInstanceOf(UnauthenticatedException.class);
    assertThat(verifier.verify(token).scopes()).containsExactly("quotas:read");
  }

  @Test
  void withoutAnyKeyNobodyIsJudged() {
    TokenVerifier verifier = verifier(Duration.ZERO);
    String token = issuer.resourceToken("m2m", "quotas:read");
    issuer.close();
    assertThatThrownBy(() -> verifier.verify(token)).isInstanceOf(UnavailableException.class);
  }

  @Test
  void anIssuerThatComesLateIsFoundSoon() throws IOException {
    int port = issuer.port();
    issuer.close();
    SigningKeys keys = keys(Duration.ofHours(1));
    TokenVerifier verifier = verifier(keys);
    keys.start();
    try {
      String tooEarly = issuer.resourceToken("m2m", "quotas:read");
      assertThatThrownBy(() -> verifier.verify(tooEarly)).isInstanceOf(UnavailableException.class);
      issuer = LocalIssuer.start(port, new LocalClients());
      String token = issuer.resourceToken("m2m", "quotas:read");
      await("the issuer's keys")
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptions()
          .until(() -> verifier.verify(token).subject().equals("m2m"));
    } finally {
      keys.stop();
    }
  }

  @Test
  void unknownKeyIdsAskTheIssuerSeldom() {
    TokenVerifier verifier = verifier(Duration.ofHours(1));
    verifier.verify(issuer.resourceToken("m2m", "quotas:read"));
    issuer.rotate();
    String ofNewKey = issuer.resourceToken("m2m", "quotas:read");
    assertThatThrownBy(() -> verifier.verify(ofNewKey))
        .isInstanceOf(UnauthenticatedException.class);
  }

  private TokenVerifier verifier(Duration pause) {
    return verifier(keys(pause));
  }

  private SigningKeys keys(Duration pause) {
    return new SigningKeys(Issuers.of(issuer), pause, new Caches(new SimpleMeterRegistry()));
  }

  private TokenVerifier verifier(SigningKeys keys) {
    AuthConfiguration configuration =
        new AuthConfiguration(issuer.issuer(), LocalIssuer.RESOURCE, "/", "secret");
    return new TokenVerifier(
        keys, configuration, new Caches(new SimpleMeterRegistry()), Clock.systemUTC());
  }
}
