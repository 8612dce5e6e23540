package io.platformapi.service.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.OutboxMessage;
import io.platformapi.service.persistence.ConnectionSettings;
import io.platformapi.service.testing.TestDatabases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class OutboxRelayTest {
  private static TestDatabases node;

  @BeforeAll
  static void start() {
    node = TestDatabases.create(ConnectionSettings.ofBudget(4), List.of(), List.of());
    for (String tenant : List.of("ann", "bob", "down", "swept")) {
      node.tenant(tenant);
    }
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void everyEventArrivesInTheOrderOfItsDatabaseAlthoughThePublisherFails() {
    OutboxRelay relay = relay();
    for (int i = 0; i < 25; i++) {
      write(relay, "ann", i);
      write(relay, "bob", i);
    }
    List<String> published = new ArrayList<>();
    int[] calls = new int[1];
    int rounds = 0;
    while (published.stream().distinct().count() < 50 && rounds++ < 100) {
      try {
        relay.relay(
            10,
            messages -> {
              if (calls[0]++ % 2 == 0) {
                throw new IOException("the broker is away");
              }
              messages.forEach(message -> published.add(text(message)));
            });
      } catch (IllegalStateException expected) {
        assertThat(expected).hasRootCauseMessage("the broker is away");
      }
    }
    for (String tenant : List.of("ann", "bob")) {
      List<String> own = published.stream().filter(value -> value.startsWith(tenant)).toList();
      assertThat(own).hasSize(25).isEqualTo(own.stream().sorted().toList());
    }
    assertThat(relay.relay(10, messages -> published.add("unexpected"))).isZero();
    assertThat(published).doesNotContain("unexpected");
  }

  @Test
  void aTenantThatIsDownDoesNotHoldTheOthersAndIsPublishedLater() {
    OutboxRelay relay = relay();
    relay.relay(10, messages -> {});
    write(relay, "down", 1);
    write(relay, "ann", 1);
    String database = node.inTenant.sql("down", c -> c.getCatalog());
    TestDatabases.execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS false");
    TestDatabases.execute(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
    List<String> published = new ArrayList<>();
    relay.relay(10, messages -> messages.forEach(message -> published.add(text(message))));
    assertThat(published).containsExactly("ann 001");
    TestDatabases.execute("postgres", "ALTER DATABASE " + database + " ALLOW_CONNECTIONS true");
    relay.relay(10, messages -> messages.forEach(message -> published.add(text(message))));
    assertThat(published).containsExactly("ann 001", "down 001");
  }

  @Test
  void eventsOfANodeThatDiedAreFoundByTheSweepOfAnother() {
    write(relay(), "swept", 1);
    List<String> published = new ArrayList<>();
    relay().relay(10, messages -> messages.forEach(message -> published.add(text(message))));
    assertThat(published).contains("swept 001");
  }

  @Test
  void onlyOneNodeAtATimePublishesFromADatabase() {
    OutboxRelay first = relay();
    OutboxRelay second = relay();
    first.relay(10, messages -> {});
    second.relay(10, messages -> {});
    write(first, "ann", 7);
    second.tenantChanged("ann");
    List<Integer> counts = new ArrayList<>();
    first.relay(
        10,
        messages ->
            counts.add(
                CompletableFuture.supplyAsync(() -> second.relay(10, again -> counts.add(-1)))
                    .get()));
    assertThat(counts).containsExactly(0);
  }

  @Test
  void aPublisherThatFailsIsReported() {
    OutboxRelay relay = relay();
    write(relay, "bob", 1);
    assertThatThrownBy(
            () ->
                relay.relay(
                    10,
                    messages -> {
                      throw new IOException("away");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(relay.relay(10, messages -> {})).isEqualTo(1);
  }

  private static OutboxRelay relay() {
    return new OutboxRelay(node.inAdmin, node.inTenant, node.databases, Duration.ofHours(1));
  }

  private static void write(OutboxRelay relay, String tenant, int number) {
    OutboxWriter writer =
        new OutboxWriter(node.tenantSessions, node.mapper, Clock.systemUTC(), relay::tenantChanged);
    node.inTenant.transaction(
        tenant,
        () -> {
          writer.write(
              new OutboxEvent(
                  "test.done",
                  tenant,
                  "default",
                  "r",
                  "me",
                  Map.of("mark", "%s %03d".formatted(tenant, number))));
          return null;
        });
  }

  private static String text(OutboxMessage message) {
    String value = new String(message.value(), StandardCharsets.UTF_8);
    int start = value.indexOf("\"mark\":\"") + 8;
    return value.substring(start, value.indexOf('"', start));
  }
}
