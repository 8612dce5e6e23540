package io.platformapi.service.openapi;

import io.platformapi.routes.ingestion.IngestResult;
import io.platformapi.service.apikey.ApiKeyDetails;
import io.platformapi.service.apikey.IssuedApiKey;
import io.platformapi.service.apikey.KeyRotation;
import io.platformapi.service.apikey.NewApiKey;
import io.platformapi.service.health.HealthResource;
import io.platformapi.service.http.Page;
import io.platformapi.service.quota.LedgerEntry;
import io.platformapi.service.quota.NewQuotas;
import io.platformapi.service.quota.QuotaPage;
import io.platformapi.service.quota.UsageReport;
import io.platformapi.service.signin.Callback;
import io.platformapi.service.signin.EndedSession;
import io.platformapi.service.signin.Logout;
import io.platformapi.service.signin.Me;
import io.platformapi.service.signin.NewSignIn;
import io.platformapi.service.signin.RefreshRequest;
import io.platformapi.service.signin.StartedSignIn;
import io.platformapi.service.signin.Tokens;
import io.platformapi.service.tenant.NewTenant;
import io.platformapi.service.tenant.TenantDetails;
import io.platformapi.service.tenant.TenantPatch;
import io.platformapi.service.usage.AlertResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the signatures of the endpoints do not tell: words, answers, conditions, examples. */
final class Catalogue {
  private static final List<String> SCOPES =
      List.of("tenant", "team", "user", "end_user", "api_key", "provider", "model");

  static final String NEW_TENANT =
      """
      {"id": "umbrella", "name": "Umbrella", "org": "org_umbrella", "plan": "free",
       "currency": "USD", "litellmTeams": ["team_umbrella"]}
      """;

  static final String NEW_QUOTAS =
      """
      {"items": [
        {"dimension": "cost", "scope": {"type": "tenant"}, "window": "month",
         "limit": {"amount": "25", "currency": "USD"}, "mode": "enforce"},
        {"dimension": "total_tokens", "scope": {"type": "model", "id": "gpt-4o"}, "window": "day",
         "limit": 1000000, "mode": "warn"},
        {"dimension": "requests", "scope": {"team": "red", "user": "*"},
         "window": {"kind": "week", "timeZone": "Europe/Berlin", "anchorDay": 1, "anchorHour": 6},
         "limit": 5000, "thresholds": [80, 95], "priority": 10, "description": "each of the reds"}]}
      """;

  private static final String TENANT =
      """
      {"id": "umbrella", "name": "Umbrella", "org": "org_umbrella", "plan": "free",
       "platformId": "default", "currency": "USD", "litellmTeams": ["team_umbrella"],
       "litellmOrganizations": [], "userProvisioning": "off", "state": "active",
       "createdAt": "2026-11-23T20:00:00.123456Z", "updatedAt": "2026-11-23T20:00:00.345678Z",
       "version": 2}
      """;

  private static final String TOKENS =
      """
      {"accessToken": "eyJhbGciOiJFUzM4NCIsInR5cCI6ImF0K2p3dCIsI…", "refreshToken": "8Wl9OAR6…",
       "idToken": "eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsI…", "tokenType": "Bearer",
       "expiresIn": 3600, "scope": "quotas:read"}
      """;

  private static final String API_KEY =
      """
      {"id": "01a20a1c-0402-7123-b889-46e3ebb60103", "tenantId": "umbrella", "name": "billing job",
       "prefix": "7Qm2xVb04kTz", "scopes": ["quotas:read"], "createdBy": "m2m-umbrella",
       "createdAt": "2026-11-23T20:00:00.123456Z", "expiresAt": "2027-11-23T00:00:00Z",
       "lastUsedAt": "2026-11-24T08:15:42.123456Z", "revokedAt": null, "replacedBy": null,
       "version": 1}
      """;

  private static final String ISSUED_API_KEY =
      """
      {"key": "pak_7Qm2xVb04kTz_<43 characters>_<6 characters>",
       "id": "01a20a1c-0402-7123-b889-46e3ebb60103", "tenantId": "umbrella", "name": "billing job",
       "prefix": "7Qm2xVb04kTz", "scopes": ["quotas:read"], "createdBy": "m2m-umbrella",
       "createdAt": "2026-11-23T20:00:00.123456Z", "expiresAt": "2027-11-23T00:00:00Z",
       "version": 1}
      """;

  private static final Map<String, Entry> OWN =
      Map.ofEntries(
          Map.entry(
              "GET /health",
              new Entry("The same as /health/ready", 200, HealthResource.Health.class)),
          Map.entry(
              "GET /health/ready",
              new Entry("Whether requests can be served", 200, HealthResource.Health.class)),
          Map.entry(
              "GET /health/live",
              new Entry("Whether the process runs", 200, HealthResource.Health.class)),
          Map.entry(
              "POST /v1/auth/login",
              new Entry("Begin a sign-in", 200, StartedSignIn.class)
                  .request(
                      NewSignIn.class,
                      """
                      {"redirectUri": "https://console.example/callback",
                       "scopes": ["profile", "offline_access", "quotas:read"],
                       "organizationId": "u490zo89x5nh"}
                      """)
                  .with(Trait.SIGN_IN)),
          Map.entry(
              "POST /v1/auth/callback",
              new Entry("Complete a sign-in: tokens for the code", 200, Tokens.class)
                  .request(
                      Callback.class,
                      """
                      {"code": "lSDLm5kZ…", "state": "k3Vd0gEo…"}
                      """)
                  .answer(TOKENS)
                  .with(Trait.SIGN_IN)),
          Map.entry(
              "POST /v1/auth/refresh",
              new Entry("New tokens for a refresh token", 200, Tokens.class)
                  .request(
                      RefreshRequest.class,
                      """
                      {"refreshToken": "8Wl9OAR6…"}
                      """)
                  .answer(TOKENS)
                  .with(Trait.SIGN_IN)),
          Map.entry(
              "POST /v1/auth/logout",
              new Entry("End the caller's session", 200, EndedSession.class)
                  .request(
                      Logout.class,
                      """
                      {"refreshToken": "8Wl9OAR6…"}
                      """)),
          Map.entry("GET /v1/auth/me", new Entry("Who calls, and with what", 200, Me.class)),
          Map.entry(
              "POST /v1/tenants",
              new Entry("Create a tenant and its database", 201, TenantDetails.class)
                  .request(NewTenant.class, NEW_TENANT)
                  .answer(TENANT)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT)),
          Map.entry(
              "GET /v1/tenants",
              new Entry("List the tenants that the caller may see", 200, TenantDetails.class)
                  .with(Trait.PAGE)),
          Map.entry(
              "PATCH /v1/tenants/{id}",
              new Entry("Change a tenant's plan", 200, TenantDetails.class)
                  .request(TenantPatch.class, "{\"plan\": \"pro\"}")
                  .answer(TENANT)
                  .with(Trait.ETAG, Trait.IF_MATCH, Trait.CONFLICT)),
          Map.entry(
              "GET /v1/tenants/{id}",
              new Entry("Read a tenant", 200, TenantDetails.class)
                  .answer(TENANT)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          Map.entry(
              "GET /v1/api-keys",
              new Entry("List the tenant's API keys", 200, ApiKeyDetails.class).with(Trait.PAGE)),
          Map.entry(
              "POST /v1/api-keys",
              new Entry("Make an API key and tell it, this once", 201, IssuedApiKey.class)
                  .request(
                      NewApiKey.class,
                      """
                      {"name": "billing job", "scopes": ["quotas:read"],
                       "expiresAt": "2027-11-23T00:00:00Z"}
                      """)
                  .answer(ISSUED_API_KEY)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT)),
          Map.entry(
              "GET /v1/api-keys/{id}",
              new Entry("Read an API key, without the key", 200, ApiKeyDetails.class)
                  .answer(API_KEY)
                  .with(Trait.ETAG)),
          Map.entry(
              "DELETE /v1/api-keys/{id}",
              new Entry("Revoke an API key, on every node at once", 204, null)
                  .with(Trait.IF_MATCH)),
          Map.entry(
              "POST /v1/api-keys/{id}/rotate",
              new Entry("Put a new key in the place of one", 201, IssuedApiKey.class)
                  .request(KeyRotation.class, "{\"overlapSeconds\": 86400}")
                  .answer(ISSUED_API_KEY)
                  .with(Trait.ETAG, Trait.LOCATION, Trait.CONFLICT, Trait.IF_MATCH)),
          Map.entry(
              "GET /v1/quotas",
              new Entry("List the tenant's limits", 200, QuotaPage.class)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          Map.entry(
              "PUT /v1/quotas",
              new Entry("Replace the tenant's whole set of limits", 200, QuotaPage.class)
                  .request(NewQuotas.class, NEW_QUOTAS)
                  .with(Trait.ETAG, Trait.IF_MATCH)),
          Map.entry(
              "GET /v1/quotas/usage",
              new Entry("What was used in a window and what is left", 200, UsageReport.class)
                  .with(Trait.PAGE, Trait.CSV, Trait.RATE_LIMIT)),
          Map.entry(
              "GET /v1/quotas/ledger",
              new Entry("The book, posting by posting, newest first", 200, LedgerEntry.class)
                  .with(Trait.PAGE, Trait.CSV)),
          Map.entry(
              "POST /v1/ingest/litellm",
              new Entry("Take what LiteLLM's generic_api logger posts", 202, IngestResult.class)),
          Map.entry(
              "POST /v1/ingest/litellm/alerts",
              new Entry(
                      "Take what LiteLLM's webhook tells of budgets",
                      200,
                      AlertResource.Receipt.class)
                  .answer("{\"outcome\":\"accepted\"}")
                  .with(Trait.ALERT)));

  /** By method and path, of all features. */
  static final Map<String, Entry> ENDPOINTS =
      joined(
          OWN,
          GrantCatalogue.ENDPOINTS,
          PlanCatalogue.ENDPOINTS,
          PolicyCatalogue.ENDPOINTS,
          UserCatalogue.ENDPOINTS,
          ReconciliationCatalogue.ENDPOINTS,
          ReservationCatalogue.ENDPOINTS,
          SimulationCatalogue.ENDPOINTS);

  private static final Map<String, Map<String, Object>> OWN_QUERY =
      Map.of(
          "limit",
          parameter(
              "items on a page",
              Tree.of("type", "integer", "minimum", 1, "maximum", 200, "default", 50)),
          "cursor",
          parameter("nextCursor of the page before", Tree.of("type", "string")),
          "scope",
          parameter("whose usage", Tree.of("type", "string", "enum", SCOPES, "default", "tenant")),
          "scopeId",
          parameter(
              "who within the scope; all of it when absent, in pages", Tree.of("type", "string")),
          "window",
          parameter(
              "calendar unit of UTC, or lifetime",
              Tree.of(
                  "type",
                  "string",
                  "enum",
                  List.of("hour", "day", "week", "month", "lifetime"),
                  "default",
                  "month")),
          "at",
          parameter(
              "a time in the window; now when absent",
              Tree.of("type", "string", "format", "date-time")),
          "account",
          parameter(
              "scope:key, such as model:gpt-4o; an empty key is the source of the scope",
              Tree.of("type", "string")),
          "from",
          parameter(
              "earliest time of posting, inclusive",
              Tree.of("type", "string", "format", "date-time")),
          "to",
          parameter(
              "latest time of posting, exclusive",
              Tree.of("type", "string", "format", "date-time")),
          "batch",
          parameter("postings of one batch", Tree.of("type", "string", "format", "uuid")));

  private static final Map<String, Map<String, Object>> QUERY =
      joined(
          OWN_QUERY, UserCatalogue.QUERY, SimulationCatalogue.QUERY, ReconciliationCatalogue.QUERY);

  private Catalogue() {}

  /** Schema and words of a query parameter: those of its resource, else those of its name. */
  static Map<String, Object> query(Class<?> resource, String name) {
    return QUERY.getOrDefault(resource.getSimpleName() + "." + name, QUERY.get(name));
  }

  /** What an endpoint has beside its body. */
  enum Trait {
    PAGE,
    CSV,
    NDJSON,
    ETAG,
    NOT_MODIFIED,
    IF_MATCH,
    LOCATION,
    CONFLICT,
    BUSY,
    RATE_LIMIT,
    QUOTA,
    SIGN_IN,
    ALERT
  }

  /**
   * @param status of success
   * @param answer body of success, or with {@link Trait#PAGE} the item of a {@link Page}; null when
   *     there is none
   * @param request body, or null
   * @param requestExample JSON, or null
   * @param answerExample JSON, or null
   */
  record Entry(
      String summary,
      int status,
      Class<?> answer,
      Class<?> request,
      String requestExample,
      String answerExample,
      List<Trait> traits) {

    Entry(String summary, int status, Class<?> answer) {
      this(summary, status, answer, null, null, null, List.of());
    }

    Entry request(Class<?> type, String example) {
      return new Entry(summary, status, answer, type, example, answerExample, traits);
    }

    Entry answer(String example) {
      return new Entry(summary, status, answer, request, requestExample, example, traits);
    }

    Entry with(Trait... more) {
      return new Entry(
          summary, status, answer, request, requestExample, answerExample, List.of(more));
    }

    boolean has(Trait trait) {
      return traits.contains(trait);
    }
  }

  @SafeVarargs
  private static <T> Map<String, T> joined(Map<String, T>... parts) {
    Map<String, T> all = new TreeMap<>();
    for (Map<String, T> part : parts) {
      all.putAll(part);
    }
    return all;
  }

  private static Map<String, Object> parameter(String description, Map<String, Object> schema) {
    return Tree.of("description", description, "schema", schema);
  }
}
