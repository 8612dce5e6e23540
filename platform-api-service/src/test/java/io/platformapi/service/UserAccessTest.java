package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whose request it is, and whether that user may act. */
class UserAccessTest {
  private static final String USERS = "/v1/users";
  private static final String PROBE = "/v1/quotas";
  private static final String SCOPE = "quotas:read";

  private static PlatformUnderTest platform;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("closed", "off");
    platform.createTenant("open", "jit");
    platform.createTenant("other", "jit");
    sql = new TenantSql(platform.settings());
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void theFirstTokenOfAPersonMakesAUserWhereTheTenantAllowsIt() {
    platform.personOf("open", "first", SCOPE).get(PROBE).mustBe(200);
    JsonNode user = only("open", "first");
    assertThat(user.get("status").asText()).isEqualTo("active");
    assertThat(user.get("roles")).isEmpty();
    assertThat(user.get("version").asInt()).isEqualTo(1);
    platform.personOf("open", "first", SCOPE).get(PROBE).mustBe(200);
    assertThat(only("open", "first")).isEqualTo(user);
    assertThat(audited("open", user))
        .singleElement()
        .satisfies(row -> assertThat(row).contains("user.created", "first", "jit"));
    assertThat(count("other", "first")).isZero();

    assertThat(platform.client().get("/v1/tenants/open").json().get("userProvisioning").asText())
        .isEqualTo("jit");
    platform
        .client()
        .post("/v1/tenants", "{\"name\":\"x\",\"userProvisioning\":\"sometimes\"}")
        .mustBe(422);
  }

  @Test
  void aPersonWithoutTheScopeIsKnownAllTheSame() {
    platform.personOf("open", "scopeless", "").get(PROBE).mustBe(403);
    only("open", "scopeless");
  }

  @Test
  void whereTheTenantDoesNotAllowItAnUnknownSubjectWorksByItsScopesAlone() {
    platform.personOf("closed", "stranger", SCOPE).get(PROBE).mustBe(200);
    platform.personOf("closed", "stranger", "").get(PROBE).mustBe(403);
    assertThat(count("closed", "stranger")).isZero();
  }

  @Test
  void aServiceThatSpeaksForItselfIsNobodyUntilItIsMadeAUser() {
    platform.clientOf("open").get(PROBE).mustBe(200);
    assertThat(count("open", "m2m-open")).isZero();
  }

  @Test
  void manyFirstRequestsAtOnceMakeOneUser() {
    List<CompletableFuture<Integer>> calls =
        IntStream.range(0, 16)
            .mapToObj(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> platform.personOf("open", "crowd", SCOPE).get(PROBE).status()))
            .toList();
    assertThat(calls).extracting(CompletableFuture::join).containsOnly(200);
    assertThat(audited("open", only("open", "crowd"))).hasSize(1);
  }

  @Test
  void twoNodesMakeOneUser() throws Exception {
    try (PlatformUnderTest second = PlatformUnderTest.start(platform.settings())) {
      List<CompletableFuture<Integer>> calls =
          IntStream.range(0, 16)
              .mapToObj(
                  n ->
                      CompletableFuture.supplyAsync(
                          () ->
                              (n % 2 == 0 ? platform : second)
                                  .personOf("open", "shared", SCOPE)
                                  .get(PROBE)
                                  .status()))
              .toList();
      assertThat(calls).extracting(CompletableFuture::join).containsOnly(200);
      assertThat(audited("open", only("open", "shared"))).hasSize(1);
    }
  }

  @Test
  void aSuspensionIsInForceWhenTheCallReturnsAndSoIsItsEnd() {
    PlatformClient person = platform.personOf("open", "suspended", SCOPE);
    person.get(PROBE).mustBe(200);
    String path = USERS + "/" + only("open", "suspended").get("id").asText();
    int before = refusals("user_suspended");
    for (int round = 0; round < 3; round++) {
      admin("open").patch(path, "{\"status\":\"suspended\"}").mustBe(200);
      Answer refused = person.get(PROBE).mustBe(403);
      assertThat(code(refused)).isEqualTo("forbidden");
      admin("open").patch(path, "{\"status\":\"active\"}").mustBe(200);
      person.get(PROBE).mustBe(200);
    }
    assertThat(refusals("user_suspended") - before).isEqualTo(3);
  }

  @Test
  void somebodyDeletedStaysRefusedUntilMadeAgain() {
    PlatformClient person = platform.personOf("open", "deleted", SCOPE);
    person.get(PROBE).mustBe(200);
    JsonNode user = only("open", "deleted");
    admin("open").delete(USERS + "/" + user.get("id").asText()).mustBe(204);
    assertThat(code(person.get(PROBE).mustBe(403))).isEqualTo("forbidden");
    assertThat(count("open", "deleted")).isZero();
    admin("open").post(USERS, "{\"subject\":\"deleted\"}").mustBe(201);
    person.get(PROBE).mustBe(200);
  }

  @Test
  void aSubjectThatIsGivenToAUserIsThatUserAtOnce() {
    PlatformClient person = platform.personOf("closed", "linked", SCOPE);
    person.get(PROBE).mustBe(200);
    String path = USERS + "/" + make("closed", "{\"email\":\"linked@example.com\"}");
    admin("closed").patch(path, "{\"subject\":\"linked\",\"status\":\"suspended\"}").mustBe(200);
    person.get(PROBE).mustBe(403);
    admin("closed").patch(path, "{\"subject\":\"linked-2\"}").mustBe(200);
    person.get(PROBE).mustBe(200);
    platform.personOf("closed", "linked-2", SCOPE).get(PROBE).mustBe(403);
  }

  @Test
  void aUserIsOfOneTenantOnly() {
    String id = make("closed", "{\"subject\":\"same\"}");
    admin("closed").patch(USERS + "/" + id, "{\"status\":\"suspended\"}").mustBe(200);
    platform.personOf("closed", "same", SCOPE).get(PROBE).mustBe(403);
    platform.personOf("other", "same", SCOPE).get(PROBE).mustBe(200);
  }

  @Test
  void withoutDelegationTheUserHeaderMustNameOneself() {
    PlatformClient person = platform.personOf("open", "header", SCOPE);
    person.get(PROBE).mustBe(200);
    String id = only("open", "header").get("id").asText();
    person.with("X-User-Id", id).get(PROBE).mustBe(200);
    person.with("X-User-Id", "header").get(PROBE).mustBe(200);
    int before = refusals("user_mismatch");
    String other = make("open", "{\"subject\":\"header-2\"}");
    for (String named : List.of(other, "header-2", UUID.randomUUID().toString(), "x")) {
      assertThat(code(person.with("X-User-Id", named).get(PROBE).mustBe(403)))
          .isEqualTo("forbidden");
    }
    // What an organization's token calls delegation is none.
    PlatformClient pretender = platform.personOf("open", "header", SCOPE + " platform:delegate");
    pretender.with("X-User-Id", other).get(PROBE).mustBe(403);
    platform.clientOf("open").with("X-User-Id", other).get(PROBE).mustBe(403);
    assertThat(refusals("user_mismatch") - before).isEqualTo(6);
    person.with("X-User-Id", "two words").get(PROBE).mustBe(422);
  }

  @Test
  void withDelegationTheCallIsOfTheUserThatIsNamed() {
    String id = make("closed", "{\"subject\":\"delegated\",\"roles\":[\"admin\"]}");
    PlatformClient delegate = platform.client().forTenant("closed");
    PlatformClient forUser = delegate.with("X-User-Id", id);
    JsonNode made = forUser.post(USERS, "{\"subject\":\"by-delegate\"}").mustBe(201).json();
    assertThat(audited("closed", made))
        .singleElement()
        .satisfies(row -> assertThat(row).contains("tests for user/" + id));
    delegate.get(PROBE).mustBe(200);

    int before = refusals("unknown_user");
    for (PlatformClient refused :
        List.of(
            delegate.with("X-User-Id", UUID.randomUUID().toString()),
            delegate.with("X-User-Id", "delegated"),
            platform.client().forTenant("other").with("X-User-Id", id))) {
      assertThat(code(refused.get(PROBE).mustBe(403))).isEqualTo("forbidden");
    }
    platform.client().with("X-User-Id", id).get("/v1/tenants").mustBe(403);
    assertThat(refusals("unknown_user") - before).isEqualTo(4);

    admin("closed").patch(USERS + "/" + id, "{\"status\":\"suspended\"}").mustBe(200);
    forUser.get(PROBE).mustBe(403);
    delegate.get(PROBE).mustBe(200);
    admin("closed").delete(USERS + "/" + id).mustBe(204);
    forUser.get(PROBE).mustBe(403);
  }

  @Test
  void oneKeyOfADelegateIsAnotherKeyForEachUser() {
    String one = make("closed", "{\"subject\":\"key-one\",\"roles\":[\"admin\"]}");
    String two = make("closed", "{\"subject\":\"key-two\",\"roles\":[\"admin\"]}");
    PlatformClient delegate =
        platform.client().forTenant("closed").with("Idempotency-Key", "delegated");
    delegate.with("X-User-Id", one).post(USERS, "{\"email\":\"k1@x.org\"}").mustBe(201);
    delegate.with("X-User-Id", two).post(USERS, "{\"email\":\"k2@x.org\"}").mustBe(201);
  }

  @Test
  void aSubjectThatNoDatabaseCanHoldIsNobody() {
    platform.personOf("open", "a\0b", SCOPE).get(PROBE).mustBe(200);
    platform.personOf("open", "\ud800", SCOPE).get(PROBE).mustBe(200);
  }

  @Test
  void whenTheSubjectCannotBeKnownTheRequestIsRefused() {
    platform.createTenant("away", "jit");
    sql.shut("away");
    try {
      Answer refused =
          platform.personOf("away", "unseen", "tenants:read").get("/v1/tenants").mustBe(503);
      assertThat(code(refused)).isEqualTo("unavailable");
      assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
      platform.personOf("open", "unseen", "tenants:read").get("/v1/tenants").mustBe(200);
    } finally {
      sql.open("away");
    }
    await("the tenant's database")
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                platform.personOf("away", "unseen", "tenants:read").get("/v1/tenants").status()
                    == 200);
  }

  private static PlatformClient admin(String tenant) {
    return platform.clientOf(tenant);
  }

  private static String make(String tenant, String body) {
    return admin(tenant).post(USERS, body).mustBe(201).json().get("id").asText();
  }

  private static JsonNode only(String tenant, String subject) {
    JsonNode items = users(tenant, subject);
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static int count(String tenant, String subject) {
    return users(tenant, subject).size();
  }

  private static JsonNode users(String tenant, String subject) {
    return admin(tenant).get(USERS + "?subject=" + subject).mustBe(200).json().get("items");
  }

  private static List<String> audited(String tenant, JsonNode user) {
    return sql.tenant(
        tenant,
        "SELECT concat_ws(' ', action, actor, details) FROM audit_events WHERE target = 'user/"
            + user.get("id").asText()
            + "'");
  }

  private static int refusals(String reason) {
    return Integer.parseInt(
        sql.admin(
                "SELECT count(*) FROM audit_events WHERE action = 'access.refused'"
                    + " AND details->>'reason' = '"
                    + reason
                    + "'")
            .get(0));
  }

  private static String code(Answer answer) {
    return answer.json().at("/error/code").asText();
  }
}
