package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformUnderTest;
import java.util.Map;

/**
 * A tenant with rules, and somebody who is signed in to it.
 *
 * @param token of that person
 */
record BenchTenant(String token) {
  /** Rules that the tenant has. */
  static final int RULES = 100;

  /** Those of them that are about what the empty resource stands for. */
  static final int ASKED = 10;

  private static final String TENANT = "acme";
  private static final String SUBJECT = "ann";

  static BenchTenant make(PlatformUnderTest platform) {
    platform.createTenant(TENANT);
    PlatformClient admin = platform.clientOf(TENANT);
    admin
        .put(
            "/v1/policies/schema",
            "{\"subject\":{\"department\":\"string\",\"level\":\"integer\"}}")
        .mustBe(200);
    admin
        .post(
            "/v1/users",
            """
            {"subject": "%s", "roles": ["viewer"], "attributes": {"department": "law", "level": 3}}"""
                .formatted(SUBJECT))
        .mustBe(201);
    StringBuilder rules = new StringBuilder();
    for (int i = 0; i < RULES; i++) {
      rules.append(i == 0 ? "" : ",").append(rule(i));
    }
    admin.post("/v1/policies", "{\"id\":\"rules\",\"rules\":[" + rules + "]}").mustBe(201);
    String token = platform.personToken(TENANT, SUBJECT, "quotas:read users:read");
    platform.client(token).get("/v1/empty").mustBe(200);
    return new BenchTenant(token);
  }

  /** None of them decides, so that all have to be asked. */
  private static String rule(int number) {
    String type = number % (RULES / ASKED) == 0 ? "quotas" : "users";
    return """
        {"id": "rule-%1$d", "effect": "deny", "resourceType": "%2$s", "action": "read",
         "condition": "subject.level > %3$d && subject.department != 'sales-%1$d'"}"""
        .formatted(number, type, number + 10);
  }

  Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token);
  }
}
