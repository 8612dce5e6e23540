package io.platformapi.routes.ingestion;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The fields that the ledger needs of a call, with their names in our compact record and in
 * LiteLLM's StandardLoggingPayload (litellm/types/utils.py, observed on 1.102.4).
 */
enum UsageField {
  CALL_ID("callId", Level.TOP, "litellm_call_id"),
  ID("id", Level.TOP, "id"),
  STATUS("status", Level.TOP, "status"),
  START_TIME("startTime", Level.TOP, "startTime"),
  END_TIME("endTime", Level.TOP, "endTime"),
  COMPLETION_START_TIME("completionStartTime", Level.TOP, "completionStartTime"),
  TENANT_ID("tenantId", null, null),
  TEAM_ID("teamId", Level.METADATA, "user_api_key_team_id"),
  ORGANIZATION_ID("organizationId", Level.METADATA, "user_api_key_org_id"),
  AUTH_TENANT_ID("authTenantId", Level.AUTH_METADATA, "tenant_id"),
  KEY_HASH("keyHash", Level.METADATA, "user_api_key_hash"),
  KEY_ALIAS("keyAlias", Level.METADATA, "user_api_key_alias"),
  USER_ID("userId", Level.METADATA, "user_api_key_user_id"),
  END_USER("endUser", Level.TOP, "end_user"),
  PROVIDER("provider", Level.TOP, "custom_llm_provider"),
  MODEL("model", Level.TOP, "model"),
  MODEL_GROUP("modelGroup", Level.TOP, "model_group"),
  CALL_TYPE("callType", Level.TOP, "call_type"),
  STREAM("stream", Level.TOP, "stream"),
  CACHE_HIT("cacheHit", Level.TOP, "cache_hit"),
  INPUT_TOKENS("inputTokens", Level.TOP, "prompt_tokens"),
  OUTPUT_TOKENS("outputTokens", Level.TOP, "completion_tokens"),
  TOTAL_TOKENS("totalTokens", Level.TOP, "total_tokens"),
  COST("cost", Level.TOP, "response_cost");

  /** Where in the StandardLoggingPayload a field stands. */
  enum Level {
    TOP,
    METADATA,
    AUTH_METADATA
  }

  static final String METADATA = "metadata";
  static final String AUTH_METADATA = "user_api_key_auth_metadata";

  /** The fields inside of {@code metadata}: a second {@code metadata} replaces them all. */
  static final EnumSet<UsageField> OF_METADATA = EnumSet.noneOf(UsageField.class);

  private static final Map<String, UsageField> COMPACT = new HashMap<>();
  private static final Map<String, UsageField> TOP = new HashMap<>();
  private static final Map<String, UsageField> IN_METADATA = new HashMap<>();
  private static final Map<String, UsageField> IN_AUTH_METADATA = new HashMap<>();

  static {
    for (UsageField field : values()) {
      COMPACT.put(field.compactName, field);
      if (field.level != null) {
        of(field.level).put(field.gatewayName, field);
        if (field.level != Level.TOP) {
          OF_METADATA.add(field);
        }
      }
    }
  }

  private final String compactName;
  private final Level level;
  private final String gatewayName;
  private final boolean shared;

  UsageField(String compactName, Level level, String gatewayName) {
    this.compactName = compactName;
    this.level = level;
    this.gatewayName = gatewayName;
    this.shared = compactName.equals(gatewayName);
  }

  String compactName() {
    return compactName;
  }

  /** True when both records use the same name on the top level. */
  boolean shared() {
    return shared;
  }

  static UsageField compact(String name) {
    return COMPACT.get(name);
  }

  static UsageField top(String name) {
    return TOP.get(name);
  }

  static UsageField inMetadata(String name) {
    return IN_METADATA.get(name);
  }

  static UsageField inAuthMetadata(String name) {
    return IN_AUTH_METADATA.get(name);
  }

  /** LiteLLM's names of a level. */
  static FieldNames namesAt(Level level) {
    return new FieldNames(of(level));
  }

  private static Map<String, UsageField> of(Level level) {
    return switch (level) {
      case TOP -> TOP;
      case METADATA -> IN_METADATA;
      case AUTH_METADATA -> IN_AUTH_METADATA;
    };
  }
}
