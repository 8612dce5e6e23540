package io.platformapi.service.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.http.Page;
import io.platformapi.service.http.PageRequest;
import io.platformapi.service.persistence.DatabaseUnavailableException;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.IdempotencyKeyReusedException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.testing.FullAccess;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TenantCreationTest {
  private static TenantNode node;

  @BeforeAll
  static void start() {
    node = TenantNode.first();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aCreatedTenantIsActiveWithADatabaseAnAuditRowAndAnEvent() {
    Response response =
        node.create(
            new NewTenant(
                "acme",
                "Acme",
                "org_1",
                "pro",
                null,
                null,
                List.of("t2", "t1"),
                List.of("o1"),
                null),
            null);
    assertThat(response.getStatus()).isEqualTo(201);
    TenantDetails tenant = node.feature.service().get(new FullAccess(), "acme");
    assertThat(tenant).isEqualTo(response.getEntity());
    assertThat(tenant.state()).isEqualTo(TenantState.ACTIVE);
    assertThat(tenant.litellmTeams()).containsExactly("t1", "t2");
    assertThat(node.databases.inTenant.<Boolean>sql("acme", c -> c.isValid(1))).isTrue();
    assertFinishedOnce("acme");
  }

  @ParameterizedTest
  @EnumSource(ProvisioningStep.class)
  void aCreationThatWasCutOffIsFinishedByARepeatedRequest(ProvisioningStep step) {
    String id = "retry-" + step.ordinal();
    try (TenantNode dying = node.another(dieAt(step))) {
      assertThatThrownBy(() -> dying.create(id, id)).isInstanceOf(Crash.class);
    }
    Response response = node.create(id, id);
    assertThat(response.getStatus()).isEqualTo(201);
    assertThat(node.create(id, id).getStatus()).isEqualTo(201);
    assertFinishedOnce(id);
  }

  @ParameterizedTest
  @EnumSource(ProvisioningStep.class)
  void aCreationThatWasCutOffIsFinishedByAnotherNode(ProvisioningStep step) {
    String id = "resume-" + step.ordinal();
    try (TenantNode dying = node.another(dieAt(step))) {
      assertThatThrownBy(() -> dying.create(id, null)).isInstanceOf(Crash.class);
    }
    node.feature.resumer().resumeAll(Duration.ZERO);
    assertFinishedOnce(id);
  }

  @Test
  void aRepeatedRequestWithoutAnIdResumesTheSameTenant() {
    NewTenant anonymous =
        new NewTenant(null, "Anonymous", null, null, null, null, null, null, null);
    try (TenantNode dying = node.another(dieAt(ProvisioningStep.DATABASE_CREATED))) {
      assertThatThrownBy(() -> dying.create(anonymous, "anonymous")).isInstanceOf(Crash.class);
    }
    assertThat(node.create(anonymous, "anonymous").getStatus()).isEqualTo(201);
    assertThat(node.single("SELECT count(*) FROM tenants WHERE name = 'Anonymous'")).isEqualTo("1");
  }

  @Test
  void aKeyOfAnotherRequestIsRefused() {
    node.create("reused", "reused");
    assertThatThrownBy(() -> node.create("reused-2", "reused"))
        .isInstanceOf(IdempotencyKeyReusedException.class);
  }

  @Test
  void ofManyRequestsForOneIdExactlyOneCreatesIt() throws Exception {
    try (TenantNode other = node.another((step, id) -> {})) {
      List<Callable<Integer>> requests = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        TenantNode target = i % 2 == 0 ? node : other;
        requests.add(() -> target.create("contested", null).getStatus());
      }
      assertThat(outcomes(requests)).containsOnlyOnce("201").contains("ConflictException");
    }
    assertFinishedOnce("contested");
  }

  @Test
  void ofManyRequestsWithOneKeyAllGetTheSameAnswer() throws Exception {
    try (TenantNode other = node.another((step, id) -> {})) {
      List<Callable<Integer>> requests = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        TenantNode target = i % 2 == 0 ? node : other;
        requests.add(() -> target.create("same-key", "same-key").getStatus());
      }
      assertThat(outcomes(requests)).containsOnly("201");
    }
    assertFinishedOnce("same-key");
  }

  @Test
  void twoNodesFinishACreationOnce() throws Exception {
    try (TenantNode dying = node.another(dieAt(ProvisioningStep.REGISTERED));
        TenantNode other = node.another((step, id) -> {})) {
      assertThatThrownBy(() -> dying.create("raced", null)).isInstanceOf(Crash.class);
      List<Callable<Integer>> resumers = new ArrayList<>();
      for (TenantNode each : List.of(node, other, node, other)) {
        resumers.add(
            () -> {
              each.feature.resumer().resumeAll(Duration.ZERO);
              return 0;
            });
      }
      outcomes(resumers);
    }
    assertFinishedOnce("raced");
  }

  @Test
  void whatIsTakenIsAConflict() {
    node.create(
        new NewTenant(
            "owner", "Owner", "org_o", null, null, null, List.of("to"), List.of("oo"), null),
        null);
    assertThatThrownBy(() -> node.create("owner", null)).isInstanceOf(ConflictException.class);
    for (NewTenant taker :
        List.of(
            new NewTenant("taker", "T", "org_o", null, null, null, null, null, null),
            new NewTenant("taker", "T", null, null, null, null, List.of("to"), null, null),
            new NewTenant("taker", "T", null, null, null, null, null, List.of("oo"), null))) {
      assertThatThrownBy(() -> node.create(taker, null)).isInstanceOf(ConflictException.class);
    }
    assertThat(node.single("SELECT count(*) FROM tenants WHERE id = 'taker'")).isEqualTo("0");
  }

  @Test
  void everyBrokenRuleIsNamed() {
    assertThatThrownBy(
            () ->
                node.create(
                    new NewTenant(
                        "Not Ok", " ", "", "x", "x", "usd", List.of("a", "a"), List.of(""), null),
                    null))
        .isInstanceOfSatisfying(
            ValidationException.class,
            e ->
                assertThat(e.fields())
                    .extracting("field")
                    .containsExactlyInAnyOrder(
                        "id",
                        "name",
                        "org",
                        "currency",
                        "litellmTeams[1]",
                        "litellmOrganizations[0]"));
    assertThatThrownBy(
            () ->
                node.create(
                    new NewTenant("p", "P", null, null, "nowhere", null, null, null, null), null))
        .isInstanceOf(ValidationException.class);
  }

  @Test
  void aCreationThatCannotSucceedEndsAsFailedAndMayBeginAgain() {
    node.create("before-hopeless", null);
    try (TenantNode powerless = node.powerless("powerless")) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> powerless.create("hopeless", "hopeless"))
            .isInstanceOf(DatabaseUnavailableException.class);
      }
    }
    assertThat(stateOf("hopeless")).isEqualTo("failed");
    assertThat(orphans()).isEqualTo("0");
    assertThat(node.create("hopeless", "hopeless").getStatus()).isEqualTo(201);
    assertThat(orphans()).isEqualTo("0");
  }

  @Test
  void anAttemptThatWasGivenUpDoesNotFinishTheOneAfterIt() {
    node.create("before-late", null);
    try (TenantNode powerless = node.powerless("powerless_before_late");
        TenantNode dying = node.another(dieAt(ProvisioningStep.REGISTERED));
        TenantNode late =
            node.another(
                (step, id) -> {
                  if (step == ProvisioningStep.REGISTERED) {
                    for (int i = 0; i < 3; i++) {
                      powerless.feature.resumer().resumeAll(Duration.ZERO);
                    }
                    assertThat(stateOf("late")).isEqualTo("failed");
                    assertThatThrownBy(() -> dying.create("late", null)).isInstanceOf(Crash.class);
                  }
                })) {
      assertThatThrownBy(() -> late.create("late", null))
          .isInstanceOf(DatabaseUnavailableException.class);
    }
    assertThat(stateOf("late")).isEqualTo("provisioning");
    node.feature.resumer().resumeAll(Duration.ZERO);
    assertFinishedOnce("late");
  }

  @Test
  void aListShowsWhatItsFilterLetsThrough() {
    node.create("seen", null);
    node.create("hidden", null);
    PageRequest page = PageRequest.parse("1", null, TenantService.LIST, 1);
    FullAccess one = new FullAccess(new RowFilter("t.id = CAST(? AS text)", List.of("seen")));
    Page<TenantDetails> shown = node.feature.service().list(one, page);
    assertThat(shown.items()).extracting("id").containsExactly("seen");
    assertThat(shown.nextCursor()).isNull();
  }

  @Test
  void pagesHoldEveryTenantOnceInOrder() {
    for (int i = 0; i < 4; i++) {
      node.create("page-" + i, null);
    }
    List<String> seen = new ArrayList<>();
    String cursor = null;
    do {
      var page =
          node.feature
              .service()
              .list(new FullAccess(), PageRequest.parse("2", cursor, TenantService.LIST, 1));
      page.items().forEach(tenant -> seen.add(tenant.id()));
      cursor = page.nextCursor();
    } while (cursor != null);
    assertThat(seen).isSorted().doesNotHaveDuplicates();
    assertThat(String.valueOf(seen.size())).isEqualTo(node.single("SELECT count(*) FROM tenants"));
  }

  private static String stateOf(String id) {
    return node.single("SELECT state FROM tenants WHERE id = '" + id + "'");
  }

  private static void assertFinishedOnce(String id) {
    assertThat(stateOf(id)).isEqualTo("active");
    assertThat(node.single("SELECT state FROM tenant_databases WHERE tenant_id = '" + id + "'"))
        .isEqualTo("ready");
    assertThat(
            node.single(
                "SELECT count(*) FROM audit_events WHERE action = 'tenant.created' AND tenant_id = '"
                    + id
                    + "'"))
        .isEqualTo("1");
    assertThat(node.single("SELECT count(*) FROM outbox WHERE key = '" + id + "'")).isEqualTo("1");
    assertThat(orphans()).isEqualTo("0");
  }

  /** Databases created on behalf of this admin database that belong to nobody. */
  private static String orphans() {
    String names =
        node.single(
            "SELECT coalesce(string_agg(quote_literal(name), ','), '''''') "
                + "FROM tenant_databases WHERE state = 'ready'");
    int registered =
        Integer.parseInt(
            node.single("SELECT count(*) FROM tenant_databases WHERE state = 'ready'"));
    int there =
        Integer.parseInt(
            node.single("SELECT count(*) FROM pg_database WHERE datname IN (" + names + ")"));
    assertThat(there).isEqualTo(registered);
    return node.single(
        "SELECT count(*) FROM pg_database d WHERE datname LIKE 't\\_%' AND datname NOT IN ("
            + names
            + ") AND (pg_stat_file('base/' || d.oid || '/PG_VERSION')).modification > '"
            + STARTED
            + "'");
  }

  private static final java.time.Instant STARTED = java.time.Instant.now();

  private static List<String> outcomes(List<Callable<Integer>> tasks) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
    try {
      List<String> outcomes = new ArrayList<>();
      for (Future<Integer> future : executor.invokeAll(tasks)) {
        try {
          outcomes.add(String.valueOf(future.get()));
        } catch (ExecutionException e) {
          outcomes.add(e.getCause().getClass().getSimpleName());
        }
      }
      return outcomes;
    } finally {
      executor.shutdownNow();
    }
  }

  private static ProvisioningStep.Listener dieAt(ProvisioningStep step) {
    AtomicBoolean dead = new AtomicBoolean();
    return (passed, id) -> {
      if (passed == step && dead.compareAndSet(false, true)) {
        throw new Crash();
      }
    };
  }

  private static final class Crash extends RuntimeException {}
}
