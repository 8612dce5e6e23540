package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.testing.DeadLetters;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantSql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserApiTest {
  private static final String PATH = "/v1/users";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PlatformUnderTest platform;
  private static PlatformClient client;
  private static TenantSql sql;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    List.of("acme", "globex", "pages").forEach(platform::createTenant);
    client = platform.clientOf("acme");
    client.post("/v1/roles", "{\"name\":\"auditor\"}").mustBe(201);
    client.post("/v1/roles", "{\"name\":\"editor\"}").mustBe(201);
    sql = new TenantSql(platform.settings());
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aUserIsMadeReadAndNotReadAgain() {
    Answer created =
        client
            .post(
                PATH,
                """
                {"subject":"logto-ann","email":"Ann@Example.com","displayName":"Ann ☂",
                 "roles":["viewer","auditor"],
                 "attributes":{"department":"research","level":7,"rate":1.0,"external":false,
                  "regions":["eu","us"]}}
                """)
            .mustBe(201);
    JsonNode user = created.json();
    String id = user.get("id").asText();
    assertThat(UUID.fromString(id).version()).isEqualTo(7);
    assertThat(created.header("Location")).endsWith(PATH + "/" + id);
    assertThat(created.header("ETag")).isEqualTo("\"1\"");
    assertThat(user.get("email").asText()).isEqualTo("Ann@Example.com");
    assertThat(user.get("status").asText()).isEqualTo("active");
    assertThat(user.get("roles")).hasToString("[\"auditor\",\"viewer\"]");
    assertThat(user.get("attributes"))
        .hasToString(
            "{\"department\":\"research\",\"external\":false,\"level\":7,\"rate\":1.0,"
                + "\"regions\":[\"eu\",\"us\"]}");
    Answer read = client.get(PATH + "/" + id).mustBe(200);
    assertThat(read.json()).isEqualTo(user);
    assertThat(read.header("ETag")).isEqualTo("\"1\"");
    Answer same = client.with("If-None-Match", "\"1\"").get(PATH + "/" + id).mustBe(304);
    assertThat(same.body()).isEmpty();
  }

  @Test
  void aPatchMergesProfileRolesAndAttributes() {
    String id =
        create(
            """
            {"subject":"logto-merge","email":"merge@example.com","displayName":"Merge",
             "roles":["viewer"],"attributes":{"a":"1","b":2,"c":[]}}""");
    Answer patched =
        client
            .with("Content-Type", "application/merge-patch+json")
            .patch(
                PATH + "/" + id,
                """
                {"displayName":null,"roles":["editor"],"attributes":{"a":null,"b":3,"d":2.50}}""")
            .mustBe(200);
    assertThat(patched.header("ETag")).isEqualTo("\"2\"");
    assertThat(patched.json().get("displayName").isNull()).isTrue();
    assertThat(patched.json().get("email").asText()).isEqualTo("merge@example.com");
    assertThat(patched.json().get("roles")).hasToString("[\"editor\"]");
    assertThat(patched.body()).contains("\"attributes\":{\"b\":3,\"c\":[],\"d\":2.50}");
    assertThat(client.get(PATH + "/" + id).json()).isEqualTo(patched.json());
    Answer cleared =
        client.patch(PATH + "/" + id, "{\"attributes\":null,\"roles\":null}").mustBe(200);
    assertThat(cleared.json().get("attributes")).isEmpty();
    assertThat(cleared.json().get("roles")).isEmpty();
    // What is there already is no change.
    client.patch(PATH + "/" + id, "{\"roles\":[]}").mustBe(200);
    Answer nothing = client.patch(PATH + "/" + id, "{}").mustBe(200);
    assertThat(nothing.header("ETag")).isEqualTo("\"3\"");
  }

  @Test
  void aChangeOfAnotherVersionIsRefused() {
    String id = create("{\"subject\":\"logto-versions\"}");
    PlatformClient old = client.with("If-Match", "\"7\"");
    assertThat(code(old.patch(PATH + "/" + id, "{\"displayName\":\"x\"}").mustBe(412)))
        .isEqualTo("precondition_failed");
    old.delete(PATH + "/" + id).mustBe(412);
    client.with("If-Match", "*").post(PATH, "{\"subject\":\"any\"}").mustBe(412);
    client.with("If-Match", "\"1\"").patch(PATH + "/" + id, "{\"displayName\":\"x\"}").mustBe(200);
    client.with("If-Match", "\"2\"").delete(PATH + "/" + id).mustBe(204);
  }

  @Test
  void ofPatchesOfOneVersionAtOnceOneWins() {
    String id = create("{\"subject\":\"logto-race\"}");
    List<Integer> statuses =
        atOnce(
            8,
            n ->
                client
                    .with("If-Match", "\"1\"")
                    .patch(PATH + "/" + id, "{\"displayName\":\"name " + n + "\"}")
                    .status());
    assertThat(statuses).containsOnly(200, 412);
    assertThat(Collections.frequency(statuses, 200)).isEqualTo(1);
  }

  @Test
  void subjectAndEmailBelongToOneUserWhateverTheCase() {
    String id = create("{\"subject\":\"logto-one\",\"email\":\"one@example.com\"}");
    String other = create("{\"subject\":\"logto-two\"}");
    for (Answer refused :
        List.of(
            client.post(PATH, "{\"subject\":\"logto-one\"}"),
            client.post(PATH, "{\"email\":\"ONE@example.COM\"}"),
            client.patch(PATH + "/" + other, "{\"email\":\"One@Example.com\"}"),
            client.patch(PATH + "/" + other, "{\"subject\":\"logto-one\"}"))) {
      refused.mustBe(409);
      assertThat(code(refused)).isEqualTo("conflict");
      assertThat(refused.body()).doesNotContainIgnoringCase("one@example.com");
    }
    // Subjects are names of a machine: their case counts.
    create("{\"subject\":\"LOGTO-ONE\"}");
    client.patch(PATH + "/" + id, "{\"email\":\"ONE@EXAMPLE.COM\"}").mustBe(200);
    assertThat(platform.clientOf("globex").post(PATH, "{\"subject\":\"logto-one\"}").status())
        .isEqualTo(201);
  }

  @Test
  void ofUsersWithOneEmailMadeAtOnceOneIsMade() {
    List<Integer> statuses =
        atOnce(
            8,
            n ->
                client
                    .post(
                        PATH,
                        n % 2 == 0
                            ? "{\"email\":\"Crowd@example.com\"}"
                            : "{\"email\":\"crowd@example.com\",\"subject\":\"crowd-" + n + "\"}")
                    .status());
    assertThat(statuses).containsOnly(201, 409);
    assertThat(Collections.frequency(statuses, 201)).isEqualTo(1);
    assertThat(items(client.get(PATH + "?email=CROWD@EXAMPLE.COM").mustBe(200))).hasSize(1);
  }

  @Test
  void everyBrokenRuleIsNamedAtOnce() {
    Answer refused =
        client.post(
            PATH,
            """
            {"subject":"a\\u0000b","email":"nobody","displayName":" ","roles":["ok","ok","not ok",null],
             "attributes":{"roles":["x"],"nested":{},"huge":1e400000000,"long":9223372036854775808,
              "mixed":["a",1],"half":"\\ud800","nul":"\\u0000"}}""");
    refused.mustBe(422);
    assertThat(code(refused)).isEqualTo("validation_failed");
    assertThat(fields(refused))
        .containsExactlyInAnyOrder(
            "subject",
            "email",
            "displayName",
            "roles[1]",
            "roles[2]",
            "roles[3]",
            "attributes",
            "attributes.nested",
            "attributes.huge",
            "attributes.long",
            "attributes.mixed[1]",
            "attributes.half",
            "attributes.nul");
    String id = create("{\"subject\":\"logto-rules\"}");
    Answer patch =
        client.patch(
            PATH + "/" + id,
            "{\"subject\":1,\"status\":\"deleted\",\"roles\":{},\"attributes\":[]}");
    assertThat(fields(patch.mustBe(422)))
        .containsExactlyInAnyOrder("subject", "status", "roles", "attributes");
    assertThat(fields(client.post(PATH, "{\"displayName\":\"Nobody\"}").mustBe(422)))
        .containsExactly("subject");
    client.patch(PATH + "/" + id, "{\"subject\":null}").mustBe(422);
    client.patch(PATH + "/" + id, "{\"nickname\":\"x\"}").mustBe(422);
    client.patch(PATH + "/" + id, "").mustBe(422);
    client.post(PATH, "{\"subject\":\"x\",\"subject\":\"y\"}").mustBe(400);
    String many =
        String.join(
            ",", IntStream.rangeClosed(0, 64).mapToObj(n -> "\"a" + n + "\":true").toList());
    assertThat(fields(client.patch(PATH + "/" + id, "{\"attributes\":{" + many + "}}").mustBe(422)))
        .containsExactly("attributes");
    String text = "\"" + "x".repeat(256) + "\"";
    String texts = String.join(",", Collections.nCopies(70, text));
    assertThat(
            fields(
                client
                    .patch(PATH + "/" + id, "{\"attributes\":{\"l\":[" + texts + "]}}")
                    .mustBe(422)))
        .containsExactly("attributes");
    assertThat(client.get(PATH + "/" + id).header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void aDecimalStaysOneAndKeepsItsDigits() {
    String id =
        create(
            """
            {"subject":"logto-decimal","attributes":{"exact":123456789012345678.123456789,
             "whole":1e5,"tiny":0.000000001,"max":9223372036854775807}}""");
    assertThat(client.get(PATH + "/" + id).mustBe(200).body())
        .contains("\"exact\":123456789012345678.123456789")
        .contains("\"whole\":100000.0")
        .contains("\"max\":9223372036854775807");
  }

  @Test
  void aRepeatedRequestGetsTheFirstAnswerAgain() {
    PlatformClient keyed = client.with("Idempotency-Key", "users-1");
    Answer first = keyed.post(PATH, "{\"subject\":\"logto-again\"}").mustBe(201);
    Answer again = keyed.post(PATH, "{\"subject\":\"logto-again\"}").mustBe(201);
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    assertThat(code(keyed.post(PATH, "{\"subject\":\"other\"}").mustBe(422)))
        .isEqualTo("idempotency_key_reused");
    String path = PATH + "/" + first.json().get("id").asText();
    Answer patched = keyed.patch(path, "{\"displayName\":\"Once\"}").mustBe(200);
    client.patch(path, "{\"displayName\":\"Twice\"}").mustBe(200);
    client.delete(path).mustBe(204);
    assertThat(keyed.patch(path, "{\"displayName\":\"Once\"}").mustBe(200).body())
        .isEqualTo(patched.body());
    client.get(path).mustBe(404);
  }

  @Test
  void aDeletedUserIsGoneAndItsPersonalDataToo() {
    String id =
        create(
            """
            {"subject":"logto-gone","email":"gone@example.com","displayName":"Gone",
             "roles":["viewer"],"attributes":{"department":"secret"}}""");
    client.delete(PATH + "/" + id).mustBe(204);
    client.get(PATH + "/" + id).mustBe(404);
    client.patch(PATH + "/" + id, "{}").mustBe(404);
    client.delete(PATH + "/" + id).mustBe(404);
    assertThat(items(client.get(PATH + "?subject=logto-gone").mustBe(200))).isEmpty();
    assertThat(
            sql.tenant("acme", "SELECT row_to_json(u)::text FROM users u WHERE id = '" + id + "'"))
        .singleElement()
        .satisfies(row -> assertThat(row).doesNotContain("Gone", "gone@", "secret"));
    assertThat(sql.tenant("acme", "SELECT role FROM user_roles WHERE user_id = '" + id + "'"))
        .isEmpty();
    // What it had is free again.
    String next = create("{\"subject\":\"logto-gone\",\"email\":\"gone@example.com\"}");
    assertThat(next).isNotEqualTo(id);
    client.get(PATH + "/not-an-id").mustBe(404);
    client.get(PATH + "/" + UUID.randomUUID()).mustBe(404);
  }

  @Test
  void pagesHoldEveryUserOnceAndFiltersNarrowThem() {
    PlatformClient pages = platform.clientOf("pages");
    List<String> ids = new ArrayList<>();
    for (int n = 0; n < 25; n++) {
      String role = n % 5 == 0 ? "\"admin\",\"viewer\"" : "\"viewer\"";
      Answer made =
          pages.post(
              PATH,
              "{\"subject\":\"s"
                  + n
                  + "\",\"email\":\"U"
                  + n
                  + "@x.org\",\"roles\":["
                  + role
                  + "]}");
      ids.add(made.mustBe(201).json().get("id").asText());
    }
    pages.patch(PATH + "/" + ids.get(3), "{\"status\":\"suspended\"}").mustBe(200);
    List<String> paged = new ArrayList<>();
    for (String next = ""; next != null; ) {
      JsonNode page = pages.get(PATH + "?limit=10" + next).mustBe(200).json();
      page.get("items").forEach(user -> paged.add(user.get("id").asText()));
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(paged).containsExactlyElementsOf(new TreeSet<>(ids)).hasSize(25);
    assertThat(items(pages.get(PATH + "?role=admin").mustBe(200))).hasSize(5);
    assertThat(items(pages.get(PATH + "?role=admin&limit=2").mustBe(200))).hasSize(2);
    assertThat(items(pages.get(PATH + "?status=suspended").mustBe(200)))
        .containsExactly(ids.get(3));
    assertThat(items(pages.get(PATH + "?status=active").mustBe(200))).hasSize(24);
    assertThat(items(pages.get(PATH + "?email=u7@X.ORG").mustBe(200))).containsExactly(ids.get(7));
    assertThat(items(pages.get(PATH + "?subject=s8&role=viewer").mustBe(200)))
        .containsExactly(ids.get(8));
    assertThat(items(pages.get(PATH + "?subject=s8&role=admin").mustBe(200))).isEmpty();
    assertThat(items(pages.get(PATH + "?role=%00").mustBe(200))).isEmpty();
    pages.get(PATH + "?status=deleted").mustBe(422);
    pages.get(PATH + "?limit=201").mustBe(422);
    String foreign =
        platform.client().get("/v1/tenants?limit=1").mustBe(200).json().get("nextCursor").asText();
    assertThat(code(pages.get(PATH + "?cursor=" + foreign).mustBe(422)))
        .isEqualTo("validation_failed");
  }

  @Test
  void anotherTenantSeesAndChangesNothing() {
    String id = create("{\"subject\":\"logto-mine\",\"email\":\"mine@example.com\"}");
    PlatformClient other = platform.clientOf("globex");
    for (Answer refused :
        List.of(
            other.get(PATH + "/" + id),
            other.patch(PATH + "/" + id, "{\"displayName\":\"x\"}"),
            other.delete(PATH + "/" + id))) {
      refused.mustBe(404);
      assertThat(refused.body()).doesNotContain("mine");
    }
    assertThat(items(other.get(PATH + "?subject=logto-mine").mustBe(200))).isEmpty();
    assertThat(other.get(PATH).mustBe(200).body()).doesNotContain("mine@example.com");
    assertThat(client.get(PATH + "/" + id).header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void eachChangeIsAuditedAndToldWithoutPersonalData() throws IOException {
    String id =
        create(
            """
            {"subject":"logto-told","email":"told@example.com","roles":["viewer"],
             "attributes":{"department":"hush"}}""");
    client.patch(
        PATH + "/" + id,
        """
        {"email":"told-2@example.com","roles":["editor"],"status":"suspended",
         "attributes":{"department":null,"level":3}}""");
    client.patch(PATH + "/" + id, "{\"status\":\"suspended\"}").mustBe(200);
    client.patch(PATH + "/" + id, "{\"status\":\"active\"}").mustBe(200);
    client.delete(PATH + "/" + id).mustBe(204);

    List<String> rows =
        sql.tenant(
            "acme",
            """
            SELECT json_build_object('action', action, 'actor', actor, 'tenant', tenant_id,
              'details', details)::text
            FROM audit_events WHERE target = 'user/%s' ORDER BY occurred_at, id
            """
                .formatted(id));
    assertThat(rows)
        .extracting(row -> json(row).get("action").asText())
        .containsExactly(
            "user.created", "user.updated", "user.suspended", "user.resumed", "user.deleted");
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row).doesNotContain("@", "hush");
              assertThat(json(row).get("actor").asText()).isEqualTo("m2m-acme");
              assertThat(json(row).get("tenant").asText()).isEqualTo("acme");
            });
    assertThat(json(rows.get(1)).get("details"))
        .isEqualTo(
            json(
                """
                {"changed":["email","roles","attributes.department","attributes.level"],
                 "rolesAdded":["editor"],"rolesRemoved":["viewer"]}"""));

    try (DeadLetters topic = new DeadLetters(platform.settings().platformTopic())) {
      await("the events")
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                TreeMap<Integer, JsonNode> found = new TreeMap<>();
                for (DeadLetters.Letter letter : topic.all()) {
                  JsonNode event = JSON.readTree(letter.value());
                  if (event.at("/payload/id").asText().equals(id)) {
                    found.put(found.size(), event);
                  }
                }
                assertThat(found.values())
                    .extracting(event -> event.get("type").asText())
                    .containsExactly(
                        "user.created",
                        "user.updated",
                        "user.suspended",
                        "user.resumed",
                        "user.deleted");
                assertThat(found.values())
                    .allSatisfy(
                        event -> {
                          assertThat(event.get("tenantId").asText()).isEqualTo("acme");
                          assertThat(event.at("/payload/subject").asText()).isEqualTo("logto-told");
                          assertThat(event.toString()).doesNotContain("@", "hush");
                        });
                assertThat(found.get(1).at("/payload/changed"))
                    .hasToString(
                        "[\"email\",\"roles\",\"attributes.department\",\"attributes.level\"]");
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"users:write", "quotas:read"})
  void readingNeedsItsOwnScope(String scope) {
    PlatformClient client = platform.personOf("acme", "somebody", scope);
    assertThat(code(client.get(PATH).mustBe(403))).isEqualTo("forbidden");
  }

  private static String create(String body) {
    return client.post(PATH, body).mustBe(201).json().get("id").asText();
  }

  private static List<String> items(Answer answer) {
    List<String> ids = new ArrayList<>();
    answer.json().get("items").forEach(user -> ids.add(user.get("id").asText()));
    return ids;
  }

  private static List<Integer> atOnce(int callers, java.util.function.IntFunction<Integer> call) {
    List<CompletableFuture<Integer>> calls =
        IntStream.range(0, callers)
            .mapToObj(n -> CompletableFuture.supplyAsync(() -> call.apply(n), THREADS))
            .toList();
    return calls.stream().map(CompletableFuture::join).toList();
  }

  private static final java.util.concurrent.ExecutorService THREADS =
      java.util.concurrent.Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "caller");
            thread.setDaemon(true);
            return thread;
          });

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String code(Answer answer) {
    return answer.json().at("/error/code").asText();
  }

  private static TreeSet<String> fields(Answer answer) {
    TreeSet<String> names = new TreeSet<>();
    answer.json().at("/error/details/fields").forEach(f -> names.add(f.get("field").asText()));
    return names;
  }
}
