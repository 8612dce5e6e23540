package io.platformapi.service.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One thing of each kind that a tenant has; all texts in them have the tenant's id, so that a body
 * which shows one can be told.
 *
 * @param tenant id of the tenant
 * @param key id of an API key
 * @param user id of a user
 * @param policy id of a policy
 * @param role name of a role
 * @param assignment id of an assignment of the role
 * @param reservation id of a reservation
 * @param quota id of a limit
 * @param grant id of a grant on it
 * @param run id of a reconciliation that has ended
 * @param item id of a difference that it proposes an adjustment for
 */
public record TenantThings(
    String tenant,
    String key,
    String user,
    String policy,
    String role,
    String assignment,
    String reservation,
    String quota,
    String grant,
    String run,
    String item) {

  /** Makes the tenant and them. */
  public static TenantThings make(PlatformUnderTest platform, String tenant) {
    platform.createTenant(tenant);
    PlatformClient client = platform.clientOf(tenant);
    String role = tenant + "-role";
    String policy = tenant + "-policy";
    client
        .put("/v1/policies/schema", "{\"subject\":{\"" + attribute(tenant) + "\":\"string\"}}")
        .mustBe(200);
    client.post("/v1/roles", "{\"name\":\"%s\"}".formatted(role)).mustBe(201);
    client
        .post(
            "/v1/policies",
            """
            {"id": "%s", "rules": [{"id": "%s-rule", "effect": "allow", "role": "%s",
              "resourceType": "quotas", "action": "read"}]}"""
                .formatted(policy, tenant, role))
        .mustBe(201);
    String user =
        made(
            client,
            "/v1/users",
            """
            {"subject": "%1$s-user", "email": "someone@%1$s.example", "roles": ["%1$s-role"],
             "attributes": {"%2$s": "%1$s-value"}}"""
                .formatted(tenant, attribute(tenant)));
    String key =
        made(
            client,
            "/v1/api-keys",
            "{\"name\":\"%s-key\",\"scopes\":[\"quotas:read\"]}".formatted(tenant));
    String assignment =
        made(
            client,
            "/v1/roles/" + role + "/assignments",
            "{\"subject\":{\"type\":\"service\",\"id\":\"%s-service\"}}".formatted(tenant));
    String reservation =
        made(
            client,
            "/v1/quotas/reservations",
            "{\"requestId\":\"%s-call\",\"ttlSeconds\":86400}".formatted(tenant));
    String quota =
        client
            .put(
                "/v1/quotas",
                """
                {"items": [{"dimension": "storage_bytes", "window": "lifetime", "limit": 10,
                  "description": "%s-limit"}]}"""
                    .formatted(tenant))
            .mustBe(200)
            .json()
            .at("/items/0/id")
            .asText();
    String grant =
        made(
            client,
            "/v1/quotas/" + quota + "/grants",
            "{\"amount\":5,\"description\":\"%s-grant\"}".formatted(tenant));
    ReconciliationRows rows = new ReconciliationRows(platform.settings(), tenant);
    String run = rows.run("completed", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z");
    String item = rows.proposed(run, tenant + "-call", 500);
    return new TenantThings(
        tenant, key, user, policy, role, assignment, reservation, quota, grant, run, item);
  }

  private static String made(PlatformClient client, String path, String body) {
    return client.post(path, body).mustBe(201).json().get("id").asText();
  }

  private static String attribute(String tenant) {
    return tenant.replace('-', '_');
  }

  /** What stands in the answers that tell of them. */
  public List<String> marks() {
    return List.of(
        tenant, attribute(tenant), key, user, assignment, reservation, quota, grant, run, item);
  }

  /** All of them as the tenant sees them, by path. */
  public Map<String, String> seen(PlatformUnderTest platform) {
    PlatformClient client = platform.clientOf(tenant);
    Map<String, String> seen = new TreeMap<>();
    for (String path :
        List.of(
            "/v1/tenants/" + tenant,
            "/v1/api-keys/" + key,
            "/v1/users/" + user,
            "/v1/policies/" + policy,
            "/v1/policies/schema",
            "/v1/roles/" + role,
            "/v1/roles/" + role + "/assignments",
            "/v1/quotas/reservations/" + reservation,
            "/v1/quotas/" + quota + "/grants",
            "/v1/quotas/" + quota + "/grants/" + grant,
            "/v1/reconciliations/" + run,
            "/v1/reconciliations/" + run + "/items",
            "/v1/reconciliations/policy",
            "/v1/quotas")) {
      seen.put(path, client.get(path).mustBe(200).body());
    }
    return seen;
  }

  /** Value of the first parameter of a path. */
  String idFor(String template) {
    if (template.startsWith("/v1/api-keys")) {
      return key;
    }
    if (template.startsWith("/v1/quotas/reservations")) {
      return reservation;
    }
    if (template.startsWith("/v1/quotas/{id}")) {
      return quota;
    }
    if (template.startsWith("/v1/reconciliations")) {
      return run;
    }
    if (template.startsWith("/v1/users")) {
      return user;
    }
    if (template.startsWith("/v1/policies")) {
      return policy;
    }
    return template.startsWith("/v1/roles") ? role : tenant;
  }
}
