package io.platformapi.service.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.service.auth.TenantView;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.testing.TestDatabases;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TenantDirectoryServiceTest {
  private static TenantNode node;

  @BeforeAll
  static void start() {
    node = TenantNode.first();
    node.create(
        new NewTenant(
            "mapped", "M", "org_m", null, null, "EUR", List.of("team-m"), List.of("gw-m"), null),
        null);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aTeamWinsOverAnOrganizationAndThatOverTheKeysTenantId() {
    node.create(
        new NewTenant(
            "order", "O", null, null, null, null, List.of("team-o"), List.of("gw-o"), null),
        null);
    TenantDirectoryService directory = directory();
    assertThat(directory.tenantOf(new CallOwner("team-m", "gw-o", "order"))).contains("mapped");
    assertThat(directory.tenantOf(new CallOwner("nobody", "gw-o", "mapped"))).contains("order");
    assertThat(directory.tenantOf(new CallOwner(null, null, "mapped"))).contains("mapped");
    assertThat(directory.tenantOf(new CallOwner("x", "y", "z"))).isEmpty();
    assertThat(directory.tenantOf(new CallOwner(null, "", "a\0b"))).isEmpty();
    assertThat(directory.byOrganization("org_m")).map(TenantView::id).contains("mapped");
    assertThat(directory.currencyOf("mapped")).contains("EUR");
  }

  @Test
  void aTenantIsKnownAsSoonAsItIsRegistered() {
    TenantDirectoryService directory = directory();
    directory.refresh();
    node.create(
        new NewTenant("fresh", "F", null, null, null, null, List.of("team-f"), null, null), null);
    assertThat(directory.tenantOf(new CallOwner("team-f", null, null))).contains("fresh");
    assertThat(directory.byId("fresh")).map(TenantView::state).contains(TenantView.State.ACTIVE);
  }

  @Test
  void aTenantThatBecameReadyIsSeenAsReady() {
    TenantDirectoryService directory = directory();
    try (TenantNode observed =
        node.another(
            (step, id) -> {
              if (step == ProvisioningStep.REGISTERED) {
                directory.refresh();
                assertThat(directory.knows("becoming")).isTrue();
              }
            })) {
      observed.create("becoming", null);
    }
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(2))
        .untilAsserted(
            () ->
                assertThat(directory.byId("becoming"))
                    .map(TenantView::state)
                    .contains(TenantView.State.ACTIVE));
  }

  @Test
  void knownTenantsAreKnownWhileTheDatabaseIsAway() {
    TenantNode cut = TenantNode.first();
    try {
      cut.create("known", null);
      TenantDirectoryService directory =
          new TenantDirectoryService(
              cut.databases.inAdmin, new Caches(new SimpleMeterRegistry()), Duration.ofSeconds(15));
      directory.refresh();
      TestDatabases.execute(
          "postgres", "ALTER DATABASE " + cut.databases.adminName + " ALLOW_CONNECTIONS false");
      TestDatabases.execute(
          "postgres",
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + cut.databases.adminName
              + "'");
      assertThat(directory.knows("known")).isTrue();
      assertThatThrownBy(() -> directory.knows("unknown"))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(directory.knows("known")).isTrue();
    } finally {
      TestDatabases.execute(
          "postgres", "ALTER DATABASE " + cut.databases.adminName + " ALLOW_CONNECTIONS true");
      cut.close();
    }
  }

  private static TenantDirectoryService directory() {
    return new TenantDirectoryService(
        node.databases.inAdmin, new Caches(new SimpleMeterRegistry()), Duration.ofSeconds(15));
  }
}
