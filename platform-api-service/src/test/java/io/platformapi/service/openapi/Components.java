package io.platformapi.service.openapi;

import io.platformapi.service.http.ErrorBody;
import io.platformapi.service.http.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What all operations share: security, headers, the error envelope. */
final class Components {
  private final Schemas schemas;

  Components(Schemas schemas) {
    this.schemas = schemas;
  }

  Map<String, Object> build() {
    Map<String, Object> responses = new TreeMap<>();
    Map<String, Object> envelope = schemas.of(ErrorBody.class);
    Map<Integer, List<ErrorCode>> byStatus =
        Arrays.stream(ErrorCode.values())
            .collect(Collectors.groupingBy(ErrorCode::status, TreeMap::new, Collectors.toList()));
    byStatus.forEach(
        (status, codes) -> responses.put("Error" + status, error(status, codes, envelope)));
    return Tree.of(
        "securitySchemes",
        Tree.of(
            "logto",
            Tree.of(
                "type",
                "http",
                "scheme",
                "bearer",
                "bearerFormat",
                "JWT",
                "description",
                "access token of Logto in one of three shapes: docs/06-Security.md"),
            "apiKey",
            Tree.of(
                "type",
                "http",
                "scheme",
                "bearer",
                "bearerFormat",
                "pak_<prefix>_<secret>_<checksum>",
                "description",
                "API key of a tenant: docs/06-Security.md"),
            "ingestToken",
            Tree.of(
                "type",
                "http",
                "scheme",
                "bearer",
                "description",
                "shared secret of LiteLLM's callback")),
        "parameters",
        parameters(),
        "headers",
        headers(),
        "responses",
        responses,
        "schemas",
        schemas.components());
  }

  /** The ids that come back on every answer. */
  static Map<String, Object> echoed() {
    return Tree.of(
        "X-Request-Id",
        Tree.ref("headers", "RequestId"),
        "X-Tenant-Id",
        Tree.ref("headers", "TenantId"),
        "X-Platform-Id",
        Tree.ref("headers", "PlatformId"),
        "X-Trace-Id",
        Tree.ref("headers", "TraceId"),
        "traceparent",
        Tree.ref("headers", "Traceparent"));
  }

  /** The body of LiteLLM's logger, which is read as a stream. */
  static Map<String, Object> litellmBody() {
    Map<String, Object> events =
        Tree.of(
            "description",
            "LiteLLM's StandardLoggingPayload: an array of them, one a line, or one; up to 16 MiB");
    return Tree.of(
        "required",
        true,
        "content",
        Tree.of(
            "application/json",
            Tree.of("schema", events),
            "application/x-ndjson",
            Tree.of("schema", events)));
  }

  /** What the webhook posts; only the fields that something is made of. */
  static Map<String, Object> alertBody() {
    Map<String, Object> text = Tree.of("type", List.of("string", "null"));
    return Tree.of(
        "required",
        true,
        "content",
        Tree.of(
            "application/json",
            Tree.of(
                "schema",
                Tree.of(
                    "type",
                    "object",
                    "description",
                    "LiteLLM's WebhookEvent, up to 64 KiB; its other fields are kept as they come",
                    "required",
                    List.of("event", "spend"),
                    "properties",
                    Tree.of(
                        "event",
                        Tree.of("type", "string"),
                        "spend",
                        Tree.of("type", "number", "minimum", 0),
                        "max_budget",
                        Tree.of("type", List.of("number", "null"), "minimum", 0),
                        "team_id",
                        text,
                        "organization_id",
                        text)),
                "example",
                Tree.of(
                    "event",
                    "budget_crossed",
                    "event_group",
                    "team",
                    "spend",
                    3.2,
                    "max_budget",
                    3.0,
                    "team_id",
                    "team_globex",
                    "organization_id",
                    "org_globex"))));
  }

  /** The body of an AuthZEN evaluation or of many. */
  static Map<String, Object> authzenBody() {
    return Tree.of(
        "required",
        true,
        "content",
        Tree.of(
            "application/json",
            Tree.of(
                "schema",
                Tree.of(
                    "type",
                    "object",
                    "description",
                    "AuthZEN Authorization API 1.0, sections 6.1 and 7.1"),
                "example",
                Tree.of(
                    "subject",
                    Tree.of("type", "user", "id", "ann"),
                    "action",
                    Tree.of("name", "read"),
                    "resource",
                    Tree.of("type", "document", "id", "d1")))));
  }

  private static Map<String, Object> error(
      int status, List<ErrorCode> codes, Map<String, Object> envelope) {
    Map<String, Object> headers = echoed();
    if (status == 401) {
      headers.put("WWW-Authenticate", Tree.of("schema", Tree.of("type", "string")));
    }
    if (status == 503) {
      headers.put("Retry-After", Tree.of("schema", Tree.of("type", "integer")));
    }
    return Tree.of(
        "description",
        codes.stream().map(ErrorCode::code).collect(Collectors.joining(" or ")),
        "headers",
        headers,
        "content",
        Tree.of("application/json", Tree.of("schema", envelope)));
  }

  private static Map<String, Object> parameters() {
    return Tree.of(
        "IdempotencyKey",
        header(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters; the same key and body give the first answer again"
                + " for 24 h"),
        "IfMatch",
        header("If-Match", "the ETag that the change is meant for"),
        "IfNoneMatch",
        header("If-None-Match", "the ETag that the caller holds: 304 when it is current"),
        "RequestId",
        header("X-Request-Id", "made when absent"),
        "TenantId",
        header("X-Tenant-Id", "selects among the tenants that the token may act for"),
        "PlatformId",
        header("X-Platform-Id", "must be the platform of the tenant"),
        "Traceparent",
        header("traceparent", "W3C Trace Context; wins over X-Trace-Id"),
        "TraceId",
        header("X-Trace-Id", "id of the trace"));
  }

  private static Map<String, Object> header(String name, String description) {
    return Tree.of(
        "name",
        name,
        "in",
        "header",
        "description",
        description,
        "schema",
        Tree.of("type", "string"));
  }

  private static Map<String, Object> headers() {
    return Tree.of(
        "RequestId",
        told("id of the request"),
        "TenantId",
        told("as sent"),
        "PlatformId",
        told("as sent"),
        "TraceId",
        told("of traceparent, else as sent"),
        "Traceparent",
        told("as sent"),
        "ETag",
        told("version of the resource"),
        "Location",
        told("path of what was made"),
        "IdempotencyReplayed",
        told("true when this is the stored first answer"),
        "RateLimitPolicy",
        told("limits of the tenant: name, q=limit, w=window in seconds"),
        "RateLimit",
        told("what is left: name, r=remaining, t=seconds until reset"));
  }

  private static Map<String, Object> told(String description) {
    return Tree.of("description", description, "schema", Tree.of("type", "string"));
  }
}
