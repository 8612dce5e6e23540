package io.platformapi.routes.gateway.litellm;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.UpstreamClient;
import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.UpstreamException.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/**
 * LiteLLM's admin API as far as limits and its state go (its OpenAPI document, 1.102.4). Every
 * method throws {@link UpstreamException}; an update is sent once, so after one that got no answer
 * read what is there.
 */
public final class LiteLlmAdmin {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final UpstreamClient client;
  private final ObjectMapper json = LiteLlmJson.mapper();

  /**
   * @param path LiteLLM's path at Kong
   */
  public LiteLlmAdmin(Gateway gateway, String path) {
    this(new UpstreamClient(gateway, path));
  }

  private LiteLlmAdmin(UpstreamClient client) {
    this.client = client;
  }

  /** The same, whose calls all carry this X-Request-Id. */
  public LiteLlmAdmin onBehalfOf(String requestId) {
    return new LiteLlmAdmin(client.onBehalfOf(requestId));
  }

  public LiteLlmTeam team(String teamId) {
    // The keys of a team come along; one is the fewest that can be asked for.
    GatewayRequest request =
        client.get("/team/info?team_id=" + UpstreamClient.encoded(teamId) + "&key_limit=1");
    return read(request, answer -> team(teamId, fields(answer, "team_info")));
  }

  /** Changes a team's limits and returns it as it is then. */
  public LiteLlmTeam updateTeam(String teamId, LimitChange change) {
    GatewayRequest request = client.post("/team/update", body(change, "team_id", teamId));
    return read(request, answer -> team(teamId, fields(answer, "data")));
  }

  /**
   * @param keyHash hash of the key: a key itself would stand in every access log on the way
   */
  public LiteLlmKey key(String keyHash) {
    GatewayRequest request = client.get("/key/info?key=" + UpstreamClient.encoded(hash(keyHash)));
    return read(request, answer -> key(keyHash, fields(answer, "info")));
  }

  /**
   * Changes a key's limits. What LiteLLM answers to that is not the whole key: ask for it.
   *
   * @param keyHash hash of the key
   */
  public void updateKey(String keyHash, LimitChange change) {
    client.send(client.post("/key/update", body(change, "key", hash(keyHash))).within(TIMEOUT));
  }

  public LiteLlmBudget budget(String budgetId) {
    ObjectNode body = json.createObjectNode();
    body.putArray("budgets").add(budgetId);
    GatewayRequest request = client.post("/budget/info", bytes(body));
    return read(
        request,
        answer -> {
          for (JsonNode row : answer) {
            LiteLlmFields fields = new LiteLlmFields(row);
            if (budgetId.equals(fields.text("budget_id"))) {
              return new LiteLlmBudget(budgetId, fields.limits());
            }
          }
          // Where there is none, LiteLLM answers with none.
          throw new UpstreamException(Kind.NOT_FOUND, request + " was answered without it");
        });
  }

  public void updateBudget(String budgetId, LimitChange change) {
    client.send(client.post("/budget/update", body(change, "budget_id", budgetId)).within(TIMEOUT));
  }

  /** Whether LiteLLM is ready and reaches its database; that needs no key. */
  public boolean databaseConnected() {
    return read(
        client.get("/health/readiness"),
        answer -> "connected".equals(new LiteLlmFields(answer).text("db")));
  }

  /** How many models our key may use. */
  public int models() {
    return read(
        client.get("/v1/models"),
        answer -> {
          if (!answer.path("data").isArray()) {
            throw new IOException("no list of models");
          }
          return answer.get("data").size();
        });
  }

  private static LiteLlmTeam team(String teamId, LiteLlmFields team) throws IOException {
    if (!teamId.equals(team.text("team_id"))) {
      throw new IOException("another team");
    }
    return new LiteLlmTeam(
        teamId,
        team.text("organization_id"),
        spend(team),
        team.limits(),
        team.flag("blocked"),
        team.time("created_at"));
  }

  private static LiteLlmKey key(String keyHash, LiteLlmFields key) throws IOException {
    LiteLlmFields metadata = key.inner("metadata");
    LiteLlmFields budget = key.inner("litellm_budget_table");
    LiteLlmLimits own = key.limits();
    return new LiteLlmKey(
        keyHash,
        key.text("team_id"),
        key.text("organization_id"),
        metadata == null ? null : metadata.text("tenant_id"),
        spend(key),
        key.text("budget_id"),
        new LiteLlmLimits(
            own.maxBudget(),
            budget == null ? null : budget.amount("soft_budget"),
            own.budgetDuration(),
            own.budgetResetAt(),
            own.tpmLimit(),
            own.rpmLimit()),
        key.flag("blocked"),
        key.time("created_at"));
  }

  private static BigDecimal spend(LiteLlmFields fields) throws IOException {
    return Optional.ofNullable(fields.amount("spend")).orElse(BigDecimal.ZERO);
  }

  private static String hash(String keyHash) {
    if (keyHash.startsWith("sk-")) {
      throw new IllegalArgumentException("a key, not its hash");
    }
    return keyHash;
  }

  private static LiteLlmFields fields(JsonNode answer, String name) throws IOException {
    return new LiteLlmFields(answer.get(name));
  }

  private byte[] body(LimitChange change, String idName, String id) {
    if (change.isEmpty()) {
      throw new IllegalArgumentException("a change of nothing");
    }
    ObjectNode body = json.createObjectNode().put(idName, id);
    change.values().forEach(body::putPOJO);
    return bytes(body);
  }

  private byte[] bytes(ObjectNode body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JacksonException e) {
      throw new IllegalStateException("a tree that is no JSON", e);
    }
  }

  private <T> T read(GatewayRequest request, Reading<T> reading) {
    byte[] body = client.send(request.within(TIMEOUT));
    try {
      JsonNode answer = json.readTree(body);
      if (answer == null || !answer.isContainerNode()) {
        throw new IOException("neither object nor list");
      }
      return reading.read(answer);
    } catch (IOException e) {
      // What Jackson says may quote the answer.
      throw UpstreamException.somethingElse(request);
    }
  }

  /** Makes something of an answer. */
  private interface Reading<T> {
    T read(JsonNode answer) throws IOException;
  }
}
