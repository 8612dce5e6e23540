package io.platformapi.service.openapi;

import java.util.List;
import java.util.Map;

/** What is written in more than one form in the quotas, for {@link Schemas}. */
final class QuotaSchemas {
  private static final List<String> SCOPES =
      List.of("team", "user", "end_user", "api_key", "provider", "model");

  private static final Map<String, Object> SCOPE =
      Tree.of(
          "description",
          "whom it limits: the tenant when absent; the name * is each, with a balance of its own",
          "oneOf",
          List.of(
              Tree.of(
                  "type",
                  "object",
                  "required",
                  List.of("type"),
                  "properties",
                  Tree.of(
                      "type",
                      Tree.of(
                          "type",
                          "string",
                          "enum",
                          List.of(
                              "tenant",
                              "team",
                              "user",
                              "end_user",
                              "api_key",
                              "provider",
                              "model")),
                      "id",
                      Tree.of(
                          "type",
                          List.of("string", "null"),
                          "description",
                          "who within the scope; absent or null for the tenant"))),
              Tree.of(
                  "type",
                  "object",
                  "description",
                  "several scopes and the name in each",
                  "minProperties",
                  1,
                  "propertyNames",
                  Tree.of("enum", SCOPES),
                  "additionalProperties",
                  Tree.of("type", "string"))));

  private static final Map<String, Object> WINDOW =
      Tree.of(
          "description",
          "a kind (a unit of UTC, or lifetime), or an object",
          "oneOf",
          List.of(
              Tree.of(
                  "type",
                  "string",
                  "enum",
                  List.of("minute", "hour", "day", "week", "month", "lifetime")),
              Tree.of(
                  "type",
                  "object",
                  "required",
                  List.of("kind"),
                  "properties",
                  Tree.of(
                      "kind",
                      Tree.of(
                          "type",
                          "string",
                          "enum",
                          List.of("minute", "hour", "day", "week", "month", "rolling", "lifetime")),
                      "timeZone",
                      Tree.of("type", "string", "description", "IANA name, for day, week, month"),
                      "anchorHour",
                      Tree.of("type", "integer", "minimum", 0, "maximum", 23),
                      "anchorDay",
                      Tree.of(
                          "type",
                          "integer",
                          "minimum",
                          1,
                          "maximum",
                          28,
                          "description",
                          "first day of the week (1 is Monday) or of the month"),
                      "length",
                      Tree.of(
                          "type",
                          "string",
                          "format",
                          "duration",
                          "description",
                          "of a rolling window, PT1M to P31D")))));

  /** By record and component. */
  static final Map<String, Map<String, Object>> SHAPES =
      Map.of(
          "NewQuotasItem.scope", SCOPE,
          "NewQuotasItem.window", WINDOW,
          "NewDefaultsItem.scope", SCOPE,
          "NewDefaultsItem.window", WINDOW,
          "PlatformDefaultsItem.scope", SCOPE,
          "PlatformDefaultsItem.window", WINDOW,
          "QuotaDefinition.scope", SCOPE,
          "QuotaDefinition.window", WINDOW,
          "QuotaLevel.scope", SCOPE,
          "QuotaLevel.window", WINDOW);

  private QuotaSchemas() {}
}
