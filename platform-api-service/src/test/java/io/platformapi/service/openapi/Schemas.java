package io.platformapi.service.openapi;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.http.Page;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/** Makes JSON schemas of the records that travel. */
final class Schemas {
  private static final String AMOUNT = "Amount";

  /** Present in every answer, null when there is nothing to say. */
  private static final Set<String> NULLABLE =
      Set.of(
          "TenantDetails.org",
          "ApiKeyDetails.expiresAt",
          "ApiKeyDetails.lastUsedAt",
          "ApiKeyDetails.revokedAt",
          "ApiKeyDetails.replacedBy",
          "IssuedApiKey.expiresAt",
          "QuotaPage.nextCursor",
          "UsageSeriesBurnDown.projectedExhaustionAt",
          "UsageSeriesLeft.granted",
          "UsageSeriesLeft.remaining",
          "QuotaSimulationReportRefusedSubject.id",
          "QuotaSimulationReportRefusedCall.provider",
          "QuotaSimulationReportRefusedCall.model",
          "QuotaSimulationReportReason.resetAt",
          "UsageReportScope.label",
          "UsageReportWindow.start",
          "UsageReportWindow.end",
          "UsageReportLimit.resetAt",
          "LedgerEntryAccount.label",
          "Tokens.refreshToken",
          "Tokens.idToken",
          "EndedSession.endSessionUrl",
          "EndedSession.refreshTokenRevoked",
          "Me.userId",
          "Me.clientId",
          "Me.tenantId",
          "Me.issuedAt",
          "Me.expiresAt",
          "AskedResource.id",
          "ChangedDecision.wasDecidedBy",
          "ChangedDecisionTarget.id",
          "CheckAnswer.decidedBy",
          "CheckAnswerError.attribute",
          "ExplainAnswerTest.attribute",
          "SimulationReport.nextCursor",
          "UserDetails.subject",
          "UserDetails.email",
          "UserDetails.displayName");

  /** What a request may leave out. */
  private static final Set<String> OPTIONAL =
      Set.of(
          "NewTenant.id",
          "NewTenant.org",
          "NewTenant.plan",
          "NewTenant.platformId",
          "NewTenant.currency",
          "NewTenant.litellmTeams",
          "NewTenant.litellmOrganizations",
          "NewTenant.userProvisioning",
          "NewApiKey.expiresAt",
          "KeyRotation.expiresAt",
          "NewQuotasItem.id",
          "NewQuotaSimulation.to",
          "UsageReport.series",
          "NewQuotasItem.scope",
          "NewQuotas.failMode",
          "NewQuotasItem.mode",
          "NewQuotasItem.thresholds",
          "NewQuotasItem.priority",
          "NewQuotasItem.description",
          "NewSignIn.scopes",
          "NewSignIn.organizationId",
          "Callback.iss",
          "RefreshRequest.scopes",
          "RefreshRequest.organizationId",
          "Logout.refreshToken",
          "Logout.idToken",
          "Logout.postLogoutRedirectUri",
          "NewPolicy.id",
          "NewPolicy.description",
          "NewPolicy.enabled",
          "NewRole.name",
          "NewRole.description",
          "NewRole.parents",
          "PolicySchema.subject",
          "PolicySchema.context",
          "PolicySchema.resources",
          "ResourceKind.attributes",
          "RuleDefinition.role",
          "RuleDefinition.condition",
          "RuleDefinition.description",
          "AskedSubject.roles",
          "AskedSubject.scopes",
          "AskedSubject.attributes",
          "AskedResource.id",
          "AskedResource.attributes",
          "CheckRequest.context",
          "BatchRequest.semantic",
          "SimulationRequest.from",
          "SimulationRequest.to",
          "NewUser.subject",
          "NewUser.email",
          "NewUser.displayName",
          "NewUser.roles",
          "NewUser.attributes",
          "UserPatch.subject",
          "UserPatch.email",
          "UserPatch.displayName",
          "UserPatch.status",
          "UserPatch.roles",
          "UserPatch.attributes");

  private static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          Map.entry(
              "NewTenant.id",
              "natural key, [A-Za-z0-9][A-Za-z0-9._-]{0,62}; a UUIDv7 is made when absent"),
          Map.entry("NewSignIn.redirectUri", "one of those configured, exactly"),
          Map.entry("NewSignIn.scopes", "profile and offline_access when absent; openid always"),
          Map.entry("NewSignIn.organizationId", "whose tenant the tokens are to act for"),
          Map.entry("Callback.iss", "as the issuer names itself there (RFC 9207)"),
          Map.entry("Tokens.refreshToken", "null unless offline_access was granted"),
          Map.entry("Tokens.expiresIn", "seconds until the access token ends"),
          Map.entry("Tokens.scope", "separated by spaces; empty for none"),
          Map.entry("EndedSession.endSessionUrl", "where the browser ends its session at Logto"),
          Map.entry("EndedSession.refreshTokenRevoked", "null when none was given"),
          Map.entry("Me.credential", "token or api_key"),
          Map.entry("NewTenant.org", "Logto organization id; belongs to one tenant"),
          Map.entry("NewTenant.plan", "free when absent"),
          Map.entry("NewTenant.platformId", "default when absent; must exist"),
          Map.entry("NewTenant.currency", "three capital letters, USD when absent"),
          Map.entry("NewTenant.litellmTeams", "LiteLLM teams whose calls the tenant pays for"),
          Map.entry(
              "NewTenant.litellmOrganizations",
              "LiteLLM organizations whose calls the tenant pays for"),
          Map.entry(
              "NewTenant.userProvisioning",
              "jit: the first token of a person makes a user of the tenant; off when absent"),
          Map.entry("TenantDetails.version", "number of the ETag"),
          Map.entry("NewApiKey.name", "1 to 200 characters"),
          Map.entry("NewApiKey.scopes", "scopes of tenants' endpoints that the caller has itself"),
          Map.entry("NewApiKey.expiresAt", "in the future; never when absent"),
          Map.entry("KeyRotation.overlapSeconds", "how long the old key works on, 0 to 604800"),
          Map.entry("KeyRotation.expiresAt", "end of the new key; that of the old one when absent"),
          Map.entry("ApiKeyDetails.prefix", "second part of the key, to recognise it by"),
          Map.entry("ApiKeyDetails.expiresAt", "when it ends or has ended; null for never"),
          Map.entry("ApiKeyDetails.lastUsedAt", "told up to a minute late"),
          Map.entry("ApiKeyDetails.replacedBy", "id of the key that a rotation made"),
          Map.entry("ApiKeyDetails.version", "number of the ETag"),
          Map.entry("IssuedApiKey.key", "pak_<prefix>_<secret>_<checksum>; told this once"),
          Map.entry("IssuedApiKey.prefix", "second part of the key, to recognise it by"),
          Map.entry("IssuedApiKey.version", "number of the ETag"),
          Map.entry("NewQuotasItem.id", "ignored: a set may be sent back as it was read"),
          Map.entry("NewQuotaSimulation.items", "the whole set, as it would be put"),
          Map.entry("NewQuotaSimulation.from", "start of the first call, inclusive"),
          Map.entry("NewQuotaSimulation.to", "exclusive; now when absent"),
          Map.entry(
              "UsageSeriesBurnDown.projectedExhaustionAt",
              "when the limit, with what is granted on top of it, is reached at the average pace of"
                  + " the window so far; null when not in this window, or reached already"),
          Map.entry(
              "UsageSeriesLeft.granted",
              "what grants add to the limit at the end of the step; null when it is not known any"
                  + " more"),
          Map.entry(
              "UsageSeriesLeft.remaining",
              "of limit and grants, never below zero; null when what was granted is not known"),
          Map.entry("QuotaSimulationReport.calls", "the first refused ones"),
          Map.entry("QuotaSimulationReportRefusingQuota.item", "place in the request, from 0"),
          Map.entry("QuotaSimulationReportReason.item", "place in the request, from 0"),
          Map.entry(
              "QuotaSimulationReportReason.granted", "what grants add to the limit in this window"),
          Map.entry("QuotaSimulationReportRefusedSubject.id", "null for all others together"),
          Map.entry("NewQuotasItem.mode", "enforce when absent"),
          Map.entry("NewQuotasItem.limit", "whole number, or money for the dimension cost"),
          Map.entry("NewQuotas.failMode", "closed or open, closed when absent"),
          Map.entry("NewQuotasItem.thresholds", "up to 8 percents of the limit"),
          Map.entry("NewQuotasItem.priority", "0 to 1000, 100 when absent"),
          Map.entry("QuotaPage.nextCursor", "where the next page begins, null on the last"),
          Map.entry("UsageReportWindow.start", "UTC, inclusive; null for lifetime"),
          Map.entry("UsageReportWindow.end", "UTC, exclusive; null for lifetime"),
          Map.entry("UsageReportLimit.remaining", "never below zero"),
          Map.entry("UsageTotals.totalTokens", "input and output; cached tokens are apart"),
          Map.entry("UsageTotals.requests", "all, however they ended"),
          Map.entry("LedgerEntryAccount.key", "empty for the source of the scope"),
          Map.entry("LedgerEntry.bucket", "the UTC hour in which the calls started"),
          Map.entry("IngestResult.unresolved", "their tenant is not known: dead letters"),
          Map.entry("IngestResult.malformed", "pieces that are no JSON objects: dead letters"),
          Map.entry("PolicyDetails.version", "number of the ETag; never given twice"),
          Map.entry("RuleDefinition.effect", "allow or deny"),
          Map.entry("RuleDefinition.role", "* for any, also when absent"),
          Map.entry("RuleDefinition.condition", "empty for always; see docs/03-APIs.md"),
          Map.entry("PolicySchema.subject", "type of each attribute by name"),
          Map.entry("PolicySchema.context", "type of each attribute of env by name"),
          Map.entry("AskedSubject.type", "user, service or api_key"),
          Map.entry("AskedSubject.scopes", "of its credential; absent: whatever its credential"),
          Map.entry("CheckAnswer.policyVersion", "the platform's version and the tenant's"),
          Map.entry("RuleRef.rule", "of a tenant's rule policy/rule"),
          Map.entry("NewUser.subject", "sub of its tokens; this or the email is needed"),
          Map.entry("NewUser.email", "unique in the tenant, whatever its case"),
          Map.entry("NewUser.roles", "names of roles of the tenant"),
          Map.entry("NewUser.attributes", "what policies read of it; see docs/03-APIs.md"),
          Map.entry("UserDetails.version", "number of the ETag"),
          Map.entry("UserPatch.status", "suspended or active; not to be removed"),
          Map.entry("UserPatch.roles", "replaces all; names of roles of the tenant"),
          Map.entry("UserPatch.attributes", "merged by name; null removes"),
          Map.entry("Money.amount", "decimal number as text, up to nine places"),
          Map.entry("ErrorBodyError.code", "see docs/03-APIs.md"),
          Map.entry("Health.status", "up, or degraded when Kafka or Redis is down"));

  private final Map<String, Object> components = new TreeMap<>();

  /** Every schema that was referred to so far, by name. */
  Map<String, Object> components() {
    return components;
  }

  Map<String, Object> page(Class<?> item) {
    String name = "PageOf" + name(item);
    components.put(
        name,
        object(
            Tree.of(
                "items",
                Tree.of("type", "array", "items", of(item)),
                "nextCursor",
                Tree.of(
                    "type",
                    List.of("string", "null"),
                    "description",
                    "where the next page begins, null on the last")),
            List.of("items", "nextCursor")));
    return Tree.ref("schemas", name);
  }

  Map<String, Object> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic(generic);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return Tree.of("type", "string");
    }
    if (plain == UUID.class) {
      return Tree.of("type", "string", "format", "uuid");
    }
    if (plain == Instant.class) {
      return Tree.of("type", "string", "format", "date-time");
    }
    if (plain == long.class || plain == Long.class) {
      return Tree.of("type", "integer", "format", "int64");
    }
    if (plain == int.class || plain == Integer.class) {
      return Tree.of("type", "integer", "format", "int32");
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return Tree.of("type", "boolean");
    }
    if (plain == Object.class || plain == JsonNode.class) {
      return amount();
    }
    if (plain == Boolean.class) {
      return Tree.of("type", "boolean");
    }
    if (plain.isEnum()) {
      return Tree.of("type", "string", "enum", names(plain));
    }
    if (plain.isRecord()) {
      return record(plain);
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private Map<String, Object> generic(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Page.class) {
      return page((Class<?>) arguments[0]);
    }
    if (type.getRawType() == List.class) {
      return Tree.of("type", "array", "items", of(arguments[0]));
    }
    if (type.getRawType() == Map.class) {
      Object values = arguments[1] == Object.class ? Boolean.TRUE : of(arguments[1]);
      return Tree.of("type", "object", "additionalProperties", values);
    }
    throw new IllegalArgumentException("no schema for " + type);
  }

  private Map<String, Object> amount() {
    components.put(
        AMOUNT,
        Tree.of(
            "description",
            "a whole number, or money for the dimension cost",
            "oneOf",
            List.of(
                Tree.of("type", "integer", "format", "int64", "minimum", 0),
                of(io.platformapi.service.http.Money.class))));
    return Tree.ref("schemas", AMOUNT);
  }

  private Map<String, Object> record(Class<?> type) {
    String name = name(type);
    if (!components.containsKey(name)) {
      components.put(name, Map.of());
      Map<String, Object> properties = new LinkedHashMap<>();
      List<String> required = new ArrayList<>();
      for (RecordComponent component : type.getRecordComponents()) {
        if (component.getAccessor().isAnnotationPresent(JsonIgnore.class)) {
          continue;
        }
        String key = name + "." + component.getName();
        JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
        String property = named == null ? component.getName() : named.value();
        properties.put(property, property(key, component.getGenericType()));
        if (!optional(key)) {
          required.add(property);
        }
      }
      components.put(name, object(properties, required));
    }
    return Tree.ref("schemas", name);
  }

  private Map<String, Object> property(String key, Type type) {
    Map<String, Object> shape =
        UserCatalogue.SHAPES.getOrDefault(key, QuotaSchemas.SHAPES.get(key));
    Map<String, Object> schema = shape == null ? of(type) : new LinkedHashMap<>(shape);
    if ((nullable(key) || optional(key)) && schema.containsKey("type")) {
      schema.put("type", List.of(schema.get("type"), "null"));
    } else if (nullable(key) && schema.containsKey("$ref")) {
      schema = Tree.of("anyOf", List.of(schema, Tree.of("type", "null")));
    }
    String words =
        Stream.of(
                DESCRIPTIONS,
                ReservationCatalogue.DESCRIPTIONS,
                PlanCatalogue.DESCRIPTIONS,
                ReconciliationCatalogue.DESCRIPTIONS,
                GrantCatalogue.DESCRIPTIONS)
            .map(descriptions -> descriptions.get(key))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (words != null) {
      schema.put("description", words);
    }
    return schema;
  }

  private static boolean nullable(String key) {
    return NULLABLE.contains(key)
        || ReservationCatalogue.NULLABLE.contains(key)
        || ReconciliationCatalogue.NULLABLE.contains(key)
        || GrantCatalogue.NULLABLE.contains(key);
  }

  private static boolean optional(String key) {
    return OPTIONAL.contains(key)
        || ReservationCatalogue.OPTIONAL.contains(key)
        || PlanCatalogue.OPTIONAL.contains(key)
        || ReconciliationCatalogue.OPTIONAL.contains(key)
        || GrantCatalogue.OPTIONAL.contains(key);
  }

  private static Map<String, Object> object(Map<String, Object> properties, List<String> required) {
    return Tree.of(
        "type",
        "object",
        "required",
        required.isEmpty() ? null : required,
        "properties",
        properties);
  }

  private static String name(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return outer == null || !outer.isRecord()
        ? type.getSimpleName()
        : name(outer) + type.getSimpleName();
  }

  private static List<String> names(Class<?> type) {
    Method value =
        Arrays.stream(type.getMethods())
            .filter(method -> method.isAnnotationPresent(JsonValue.class))
            .findFirst()
            .orElseThrow();
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      try {
        names.add((String) value.invoke(constant));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return names;
  }
}
