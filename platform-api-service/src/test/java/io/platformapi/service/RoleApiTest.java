package io.platformapi.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformClient.Answer;
import io.platformapi.service.testing.PlatformUnderTest;
import io.platformapi.service.testing.TenantRows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RoleApiTest {
  private static final String PATH = "/v1/roles";

  private static PlatformUnderTest platform;
  private static PlatformClient client;

  @BeforeAll
  static void start() throws Exception {
    platform = PlatformUnderTest.start();
    platform.createTenant("acme");
    platform.createTenant("globex");
    client = platform.clientOf("acme");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  @Test
  void aRoleIsReadBackAsItWasWritten() {
    Answer made = role("editor", "viewer").mustBe(201);
    assertThat(made.header("Location")).endsWith("/v1/roles/editor");
    assertThat(made.json().get("parents")).hasToString("[\"viewer\"]");
    assertThat(made.json().get("builtIn").asBoolean()).isFalse();
    Answer read = client.get(PATH + "/editor").mustBe(200);
    assertThat(read.json()).isEqualTo(made.json());
    client.with("If-None-Match", read.header("ETag")).get(PATH + "/editor").mustBe(304);
    Answer changed =
        client
            .with("If-Match", read.header("ETag"))
            .put(PATH + "/editor", "{\"description\":\"writes\"}")
            .mustBe(200);
    assertThat(changed.json().get("parents")).isEmpty();
    client.with("If-Match", read.header("ETag")).delete(PATH + "/editor").mustBe(412);
    client.delete(PATH + "/editor").mustBe(204);
    client.get(PATH + "/editor").mustBe(404);
    platform.clientOf("globex").get(PATH + "/editor").mustBe(404);
  }

  @Test
  void theBuiltInRolesAreThereAndStayAsTheyAre() {
    JsonNode page = client.get(PATH).mustBe(200).json();
    assertThat(names(page)).contains("admin", "viewer");
    assertThat(client.get(PATH + "/admin").json().get("builtIn").asBoolean()).isTrue();
    client.put(PATH + "/admin", "{\"parents\":[]}").mustBe(409);
    client.delete(PATH + "/viewer").mustBe(409);
    role("admin").mustBe(409);
  }

  @Test
  void aRoleThatInheritsItselfByAnyWayIsRefused() {
    role("a").mustBe(201);
    role("b", "a").mustBe(201);
    role("c", "b").mustBe(201);
    assertThat(client.put(PATH + "/a", "{\"parents\":[\"c\"]}").mustBe(422).fields())
        .containsExactly("parents");
    assertThat(client.put(PATH + "/a", "{\"parents\":[\"a\"]}").mustBe(422).fields())
        .containsExactly("parents[0]");
    assertThat(role("d", "nobody", "a", "a").mustBe(422).fields())
        .containsExactly("parents[0]", "parents[2]");
    assertThat(role("no good").mustBe(422).fields()).containsExactly("name");
    assertThat(client.post(PATH, "{}").mustBe(422).fields()).containsExactly("name");
  }

  @Test
  void twoChangesThatMakeACircleTogetherAreNotBothMade() {
    role("left").mustBe(201);
    role("right").mustBe(201);
    List<CompletableFuture<Integer>> answers =
        List.of("left right", "right left").stream()
            .map(
                pair ->
                    CompletableFuture.supplyAsync(
                        () ->
                            client
                                .put(
                                    PATH + "/" + pair.split(" ")[0],
                                    "{\"parents\":[\"" + pair.split(" ")[1] + "\"]}")
                                .status()))
            .toList();
    assertThat(answers.stream().map(CompletableFuture::join)).containsExactlyInAnyOrder(200, 422);
  }

  @Test
  void aRoleThatIsUsedCannotBeDeleted() {
    role("base").mustBe(201);
    role("above", "base").mustBe(201);
    client.delete(PATH + "/base").mustBe(409);
    client.delete(PATH + "/above").mustBe(204);
    String assignment = assign("base", "service", "robot-1").mustBe(201).json().get("id").asText();
    client.delete(PATH + "/base").mustBe(409);
    client.delete(PATH + "/base/assignments/" + assignment).mustBe(204);
    client
        .post(
            "/v1/policies",
            """
            {"id": "names-base", "rules": [
              {"id": "r", "effect": "allow", "role": "base", "resourceType": "*", "action": "*"}]}""")
        .mustBe(201);
    client.delete(PATH + "/base").mustBe(409);
    client.delete("/v1/policies/names-base").mustBe(204);
    client.delete(PATH + "/base").mustBe(204);
  }

  @Test
  void assignmentsAreListedOnceEachAndOnlyForServicesAndApiKeys() {
    role("assigned").mustBe(201);
    for (int i = 0; i < 5; i++) {
      Answer made = assign("assigned", "service", "robot " + i).mustBe(201);
      assertThat(made.json().at("/subject/id").asText()).isEqualTo("robot " + i);
    }
    assertThat(assign("assigned", "service", "robot 1").mustBe(409).errorCode())
        .isEqualTo("conflict");
    assign("assigned", "api_key", "robot 1").mustBe(201);
    assertThat(assign("assigned", "user", "ann").mustBe(422).fields())
        .containsExactly("subject.type");
    assertThat(assign("assigned", "robot", "").mustBe(422).fields())
        .containsExactly("subject.id", "subject.type");
    assertThat(client.post(PATH + "/assigned/assignments", "{}").mustBe(422).fields())
        .containsExactly("subject");
    assign("no-such-role", "service", "x").mustBe(404);
    client.get(PATH + "/no-such-role/assignments").mustBe(404);
    client.delete(PATH + "/assigned/assignments/no-id").mustBe(404);

    List<String> ids = new ArrayList<>();
    for (String next = ""; next != null; ) {
      JsonNode page = client.get(PATH + "/assigned/assignments?limit=2" + next).mustBe(200).json();
      page.get("items").forEach(item -> ids.add(item.get("id").asText()));
      next = page.get("nextCursor").isNull() ? null : "&cursor=" + page.get("nextCursor").asText();
    }
    assertThat(ids).hasSize(6).doesNotHaveDuplicates();
    assertThat(platform.clientOf("globex").get(PATH + "/assigned/assignments").status())
        .isEqualTo(404);
  }

  @Test
  void everyChangeLeavesAnAuditRow() {
    platform.createTenant("audited");
    PlatformClient audited = platform.clientOf("audited");
    audited.post(PATH, "{\"name\":\"r\"}").mustBe(201);
    audited.put(PATH + "/r", "{\"parents\":[\"viewer\"]}").mustBe(200);
    String id =
        audited
            .post(PATH + "/r/assignments", "{\"subject\":{\"type\":\"service\",\"id\":\"s\"}}")
            .mustBe(201)
            .json()
            .get("id")
            .asText();
    audited.delete(PATH + "/r/assignments/" + id).mustBe(204);
    audited.delete(PATH + "/r").mustBe(204);
    assertThat(
            new TenantRows(platform.settings(), "audited")
                .single("SELECT string_agg(action, ' ' ORDER BY id) FROM audit_events"))
        .isEqualTo("role.created role.updated role.assigned role.unassigned role.deleted");
  }

  private static Answer role(String name, String... parents) {
    String list = parents.length == 0 ? "" : "\"" + String.join("\",\"", parents) + "\"";
    return client.post(PATH, "{\"name\":\"" + name + "\",\"parents\":[" + list + "]}");
  }

  private static Answer assign(String role, String type, String id) {
    return client.post(
        PATH + "/" + role + "/assignments",
        "{\"subject\":{\"type\":\"" + type + "\",\"id\":\"" + id + "\"}}");
  }

  private static List<String> names(JsonNode page) {
    List<String> names = new ArrayList<>();
    page.get("items").forEach(item -> names.add(item.get("name").asText()));
    return names;
  }
}
