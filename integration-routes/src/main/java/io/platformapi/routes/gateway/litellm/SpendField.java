package io.platformapi.routes.gateway.litellm;

import java.util.HashMap;
import java.util.Map;

/**
 * The fields of a spend row that say something of the call (LiteLLM_SpendLogs, observed on
 * 1.102.4). What is not here is skipped unread: it may hold prompts.
 */
enum SpendField {
  REQUEST_ID("request_id"),
  CALL_TYPE("call_type"),
  API_KEY("api_key"),
  SPEND("spend"),
  TOTAL_TOKENS("total_tokens"),
  PROMPT_TOKENS("prompt_tokens"),
  COMPLETION_TOKENS("completion_tokens"),
  START_TIME("startTime"),
  END_TIME("endTime"),
  COMPLETION_START_TIME("completionStartTime"),
  MODEL("model"),
  MODEL_ID("model_id"),
  MODEL_GROUP("model_group"),
  PROVIDER("custom_llm_provider"),
  USER("user"),
  CACHE_HIT("cache_hit"),
  TEAM_ID("team_id"),
  ORGANIZATION_ID("organization_id"),
  END_USER("end_user"),
  SESSION_ID("session_id"),
  STATUS("status"),
  DURATION("request_duration_ms"),
  CALL_ID("litellm_call_id", true),
  KEY_ALIAS("user_api_key_alias", true),
  KEY_TEAM_ID("user_api_key_team_id", true),
  KEY_ORGANIZATION_ID("user_api_key_org_id", true),
  RETRIES("attempted_retries", true);

  static final String METADATA = "metadata";

  private static final Map<String, SpendField> TOP = new HashMap<>();
  private static final Map<String, SpendField> IN_METADATA = new HashMap<>();

  static {
    for (SpendField field : values()) {
      (field.inMetadata ? IN_METADATA : TOP).put(field.gatewayName, field);
    }
  }

  private final String gatewayName;
  private final boolean inMetadata;

  SpendField(String gatewayName) {
    this(gatewayName, false);
  }

  SpendField(String gatewayName, boolean inMetadata) {
    this.gatewayName = gatewayName;
    this.inMetadata = inMetadata;
  }

  String gatewayName() {
    return gatewayName;
  }

  boolean inMetadata() {
    return inMetadata;
  }

  static SpendField top(String name) {
    return TOP.get(name);
  }

  static SpendField inMetadata(String name) {
    return IN_METADATA.get(name);
  }
}
