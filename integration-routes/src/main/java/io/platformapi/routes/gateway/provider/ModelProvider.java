package io.platformapi.routes.gateway.provider;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The providers of models that can be tested, and how each lists its models. */
public enum ModelProvider {
  // https://platform.openai.com/docs/api-reference/models/list
  OPENAI("/v1/models", "data", "Authorization", "Bearer ", Map.of()),
  // https://docs.anthropic.com/en/api/models-list
  ANTHROPIC(
      "/v1/models?limit=1000", "data", "x-api-key", "", Map.of("anthropic-version", "2023-06-01")),
  // https://ai.google.dev/api/models; the key in a header, for a query stands in access logs
  GOOGLE("/v1beta/models?pageSize=1000", "models", "x-goog-api-key", "", Map.of()),
  // https://console.groq.com/docs/api-reference#models
  GROQ("/openai/v1/models", "data", "Authorization", "Bearer ", Map.of());

  private final String models;
  private final String list;
  private final String credentialHeader;
  private final String credentialPrefix;
  private final Map<String, String> headers;

  ModelProvider(
      String models,
      String list,
      String credentialHeader,
      String credentialPrefix,
      Map<String, String> headers) {
    this.models = models;
    this.list = list;
    this.credentialHeader = credentialHeader;
    this.credentialPrefix = credentialPrefix;
    this.headers = headers;
  }

  public static Optional<ModelProvider> named(String name) {
    return Arrays.stream(values()).filter(provider -> provider.id().equals(name)).findFirst();
  }

  /** Its name in the configuration. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The header that a key of ours is presented in. */
  public Map<String, String> credential(String key) {
    return Map.of(credentialHeader, credentialPrefix + key);
  }

  /** Path of its list of models, one page of the largest size. */
  String models() {
    return models;
  }

  /** Field of the answer that holds the list. */
  String list() {
    return list;
  }

  /** What it asks for besides the key. */
  Map<String, String> headers() {
    return headers;
  }
}
