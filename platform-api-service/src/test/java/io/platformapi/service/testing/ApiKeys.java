package io.platformapi.service.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.testing.PlatformClient.Answer;

/** What tests do with API keys, over HTTP. */
public final class ApiKeys {
  private static final String PATH = "/v1/api-keys";

  private ApiKeys() {}

  public static Answer create(PlatformClient client, String scopes) {
    return create(client, scopes, null);
  }

  /**
   * @param scopes separated by spaces
   * @param expiresAt RFC 3339, or null
   */
  public static Answer create(PlatformClient client, String scopes, String expiresAt) {
    return post(
        client,
        PATH,
        """
        {"name":"a key","scopes":["%s"],"expiresAt":%s}
        """
            .formatted(
                scopes.replace(" ", "\",\""), expiresAt == null ? null : '"' + expiresAt + '"'));
  }

  public static Answer rotate(PlatformClient client, JsonNode key, long overlapSeconds) {
    return post(client, path(key) + "/rotate", "{\"overlapSeconds\":" + overlapSeconds + "}");
  }

  public static Answer revoke(PlatformClient client, JsonNode key) {
    return client.send("DELETE", path(key), null, null);
  }

  public static Answer post(PlatformClient client, String path, String body) {
    return client.send("POST", path, "application/json", body);
  }

  /** Path of a key that was told by an answer. */
  public static String path(JsonNode key) {
    return PATH + "/" + key.get("id").asText();
  }

  /** The key itself. */
  public static String secret(JsonNode key) {
    return key.get("key").asText();
  }
}
