package io.platformapi.service.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.service.cache.CacheKind;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.cache.Change;
import io.platformapi.service.cache.ChangePoller;
import io.platformapi.service.cache.Changes;
import io.platformapi.service.cache.OpenMarks;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.testing.TestDatabases;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenRevocationsTest {
  private static final Runnable NOTHING = () -> {};
  private static final Duration SOON = Duration.ofSeconds(1);

  private final List<Change> hints = new ArrayList<>();
  private final Instant now = Instant.now();
  private final Instant later = now.plusSeconds(3600);
  private TestDatabases databases;
  private final List<ChangePoller> pollers = new ArrayList<>();
  private TokenRevocations here;
  private TokenRevocations there;

  @BeforeEach
  void start() {
    databases = TestDatabases.create(settings(), List.of(), List.of());
    here = node(hints);
    there = node(new ArrayList<>());
    here.start();
    there.start();
  }

  @AfterEach
  void stop() {
    pollers.forEach(ChangePoller::stop);
    databases.close();
  }

  /** A node that nobody gives hints to. */
  private TokenRevocations node(List<Change> told) {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Caches caches = new Caches(meters);
    OpenMarks marks = new OpenMarks();
    ChangePoller poller =
        new ChangePoller(
            databases.inAdmin,
            caches,
            marks,
            Duration.ofMillis(500),
            Duration.ofMinutes(1),
            meters);
    poller.start();
    pollers.add(poller);
    Changes changes = new Changes(databases.inAdmin, databases.inTenant, caches, marks, told::add);
    return new TokenRevocations(databases.inAdmin, caches, changes, Clock.systemUTC());
  }

  @Test
  void aTokenIsRevokedHereAtOnceAndElsewhereWithinASecondWithoutAnyHint() {
    assertThat(here.isRevoked("token-1")).isFalse();
    here.revoke("token-1", later, NOTHING);
    assertThat(here.isRevoked("token-1")).isTrue();
    assertThat(hints).containsExactly(new Change(CacheKind.REVOCATION, "token-1"));
    await().atMost(SOON).until(() -> there.isRevoked("token-1"));
    assertThat(there.isRevoked("token-2")).isFalse();
  }

  @Test
  void revokingTwiceIsRevokingOnce() {
    here.revoke("token-1", later, NOTHING);
    there.revoke("token-1", later, NOTHING);
    assertThat(here.isRevoked("token-1")).isTrue();
    assertThat(there.isRevoked("token-1")).isTrue();
  }

  @Test
  void whatWasRevokedIsKnownAfterARestart() {
    here.revoke("token-1", later, NOTHING);
    here.revokeSubject("acme", "user-1", now, NOTHING);
    TokenRevocations again = node(new ArrayList<>());
    assertThatThrownBy(() -> again.isRevoked("token-1")).isInstanceOf(UnavailableException.class);
    again.start();
    assertThat(again.isRevoked("token-1")).isTrue();
    assertThat(again.isRevoked("acme", "user-1", now)).isTrue();
  }

  @Test
  void aTransactionThatCommitsLateIsNotMissed() throws Exception {
    try (Connection slow = TestDatabases.connect(databases.adminName);
        Statement statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      statement.execute(
          """
          INSERT INTO revoked_tokens (token_id, expires_at)
          VALUES ('slow', now() + interval '1 hour');
          INSERT INTO changes (kind, key) VALUES ('revocation', 'slow')
          """);
      here.revoke("quick", later, NOTHING);
      await().atMost(SOON).until(() -> there.isRevoked("quick"));
      assertThat(there.isRevoked("slow")).isFalse();
      slow.commit();
    }
    await().atMost(SOON).until(() -> there.isRevoked("slow") && here.isRevoked("slow"));
  }

  @Test
  void aSubjectsEarlierTokensEndInThatTenantAndLaterOnesDoNot() {
    here.revokeSubject("acme", "user-1", now, NOTHING);
    Instant before = now.minusSeconds(10);
    Instant after = now.plusSeconds(10);
    for (TokenRevocations node : List.of(here, there)) {
      await().atMost(SOON).until(() -> node.isRevoked("acme", "user-1", before));
      assertThat(node.isRevoked("acme", "user-1", now)).isTrue();
      assertThat(node.isRevoked("acme", "user-1", null)).isTrue();
      assertThat(node.isRevoked("acme", "user-1", after)).isFalse();
      assertThat(node.isRevoked("globex", "user-1", before)).isFalse();
      assertThat(node.isRevoked(null, "user-1", before)).isFalse();
      assertThat(node.isRevoked("acme", "user-2", before)).isFalse();
    }
    here.revokeSubject(null, "user-1", after, NOTHING);
    await().atMost(SOON).until(() -> there.isRevoked("globex", "user-1", after));
    assertThat(there.isRevoked(null, "user-1", after)).isTrue();
    here.revokeSubject(null, "user-1", before, NOTHING);
    assertThat(here.isRevoked(null, "user-1", after)).isTrue();
  }

  @Test
  void whatBelongsToTheRevocationHappensWithItOrNotAtAll() {
    assertThatThrownBy(
            () ->
                here.revoke(
                    "token-1",
                    later,
                    () -> {
                      throw new IllegalStateException("no audit row");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(here.isRevoked("token-1")).isFalse();
    assertThat(hints).isEmpty();
    assertThat(TestDatabases.single(databases.adminName, "SELECT count(*) FROM revoked_tokens"))
        .isEqualTo("0");
  }

  @Test
  void whatHasEndedByItselfIsForgotten() {
    here.revoke("dead", now.minusSeconds(120), NOTHING);
    here.revoke("alive", later, NOTHING);
    await().atMost(SOON).until(() -> there.isRevoked("alive"));
    await().atMost(SOON).until(() -> !there.isRevoked("dead"));
    assertThat(TestDatabases.single(databases.adminName, "SELECT count(*) FROM revoked_tokens"))
        .isEqualTo("1");
  }

  private static ConnectionSettings settings() {
    Duration second = Duration.ofSeconds(5);
    return new ConnectionSettings(4, 2, second, second, second, second, second);
  }
}
