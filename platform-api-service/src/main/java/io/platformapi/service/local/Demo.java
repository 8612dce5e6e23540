package io.platformapi.service.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.service.auth.Permission;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Demo tenants, their quotas, and recorded traffic on them; all through the service's own API. */
public final class Demo {
  private static final List<String> TENANTS = List.of("acme", "globex", "initech");
  private static final int CREATED = 201;
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long RETRY_MILLIS = 500;

  private final LocalPlatform local;
  private final Console console;
  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private TrafficPlayer player;

  public Demo(LocalPlatform local, Console console) {
    this.local = local;
    this.console = console;
  }

  /** Provisions the demo tenants, starts the traffic and prints what to try. */
  public void start() throws Exception {
    String token =
        local
            .issuer()
            .resourceToken(LocalPlatform.CLIENT_ID, String.join(" ", LocalPlatform.SCOPES));
    for (String tenant : TENANTS) {
      console.step("Tenant " + tenant, () -> provision(tenant, token));
    }
    String key = console.step("API key of " + TENANTS.get(0), () -> apiKey(token));
    synchronized (this) {
      player =
          new TrafficPlayer(
              new RecordedTraffic(json),
              url("/v1/ingest/litellm"),
              LocalPlatform.INGEST_TOKEN,
              Clock.systemUTC());
      player.start();
    }
    printWhatToTry(token, key);
  }

  public synchronized void stop() {
    if (player != null) {
      player.stop();
    }
  }

  private Void provision(String tenant, String token) throws Exception {
    send(
        "POST",
        "/v1/tenants",
        Map.of("Authorization", "Bearer " + token, "Idempotency-Key", "demo-" + tenant),
        Map.of(
            "id",
            tenant,
            "name",
            tenant.substring(0, 1).toUpperCase(Locale.ROOT) + tenant.substring(1),
            "org",
            "org_" + tenant,
            "plan",
            "demo",
            "litellmTeams",
            List.of("team_" + tenant),
            "litellmOrganizations",
            List.of("org_" + tenant)),
        CREATED);
    send(
        "PUT",
        "/v1/quotas",
        Map.of("Authorization", "Bearer " + token, "X-Tenant-Id", tenant),
        Map.of(
            "items",
            List.of(
                Map.of(
                    "dimension",
                    "cost",
                    "scope",
                    Map.of("type", "tenant"),
                    "window",
                    "month",
                    "limit",
                    Map.of("amount", "25", "currency", "USD"),
                    "mode",
                    "enforce"),
                Map.of(
                    "dimension",
                    "total_tokens",
                    "scope",
                    Map.of("type", "tenant"),
                    "window",
                    "day",
                    "limit",
                    10_000_000,
                    "mode",
                    "warn"))),
        OK);
    return null;
  }

  private String apiKey(String token) throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/v1/api-keys",
            Map.of("Authorization", "Bearer " + token, "X-Tenant-Id", TENANTS.get(0)),
            Map.of("name", "demo", "scopes", List.of(Permission.QUOTAS_READ.scope())),
            CREATED);
    return json.readTree(answer.body()).path("key").textValue();
  }

  private HttpResponse<String> send(
      String method, String path, Map<String, String> headers, Object body, int expected)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url(path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
    headers.forEach(request::header);
    // A machine under load may still be starting its parts.
    Instant deadline = Instant.now().plus(PATIENCE);
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    while (answer.statusCode() == UNAVAILABLE && Instant.now().isBefore(deadline)) {
      Thread.sleep(RETRY_MILLIS);
      answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
    if (answer.statusCode() != expected) {
      throw new IOException(
          method + " " + path + " was answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer;
  }

  private URI url(String path) {
    return URI.create("http://localhost:" + local.port() + path);
  }

  private void printWhatToTry(String token, String key) {
    console.line(
        """

        Ready. Recorded LiteLLM traffic is playing into %1$s.

          API      http://localhost:%2$d        (health: /health/ready, metrics: /metrics)
          admin    http://localhost:%3$d
          issuer   %4$s
          Kong     %5$s (WireMock)

        A token of the local issuer, good for every demo tenant for one hour:

        TOKEN=%6$s

        An API key of %11$s, good for reading its quotas:

        KEY=%12$s

        Try, and try again a little later:

        curl -s -H "Authorization: Bearer $TOKEN" -H "X-Tenant-Id: acme" http://localhost:%2$d/v1/quotas/usage
        curl -s -H "Authorization: Bearer $TOKEN" -H "X-Tenant-Id: acme" "http://localhost:%2$d/v1/quotas/usage?scope=model"
        curl -s -H "Authorization: Bearer $TOKEN" -H "X-Tenant-Id: acme" "http://localhost:%2$d/v1/quotas/ledger?limit=5"
        curl -s -H "Authorization: Bearer $TOKEN" http://localhost:%2$d/v1/tenants
        curl -s -H "Authorization: Bearer $KEY" http://localhost:%2$d/v1/quotas

        A new token, as a service gets one from Logto:

        curl -s -u %7$s:%8$s -d grant_type=client_credentials -d resource=%9$s --data-urlencode "scope=%10$s" %4$s/token

        Ctrl-C stops everything.
        """
            .formatted(
                String.join(", ", TENANTS),
                local.port(),
                local.adminPort(),
                local.issuer().issuer(),
                local.kongUrl(),
                token,
                LocalPlatform.CLIENT_ID,
                LocalPlatform.CLIENT_SECRET,
                LocalIssuer.RESOURCE,
                String.join(" ", LocalPlatform.SCOPES),
                TENANTS.get(0),
                key));
  }
}
