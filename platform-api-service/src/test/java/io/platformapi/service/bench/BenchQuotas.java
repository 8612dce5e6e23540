package io.platformapi.service.bench;

import io.platformapi.service.testing.PlatformClient;
import io.platformapi.service.testing.PlatformUnderTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A tenant with one quota that every call takes of, or with many quotas, each of one user. */
final class BenchQuotas {
  /** As many as a tenant may have. */
  static final int MANY = 10_000;

  private static final int AT_ONCE = 100;
  private static final String TENANT = "acme";
  private static final String ITEM =
      "{\"dimension\":\"requests\",\"window\":\"month\",\"limit\":100000000%s}";
  private static final String CALL =
      "{\"subject\":{\"user\":\"u%d\"},\"provider\":\"openai\",\"model\":\"gpt-4o\","
          + "\"estimates\":{\"inputTokens\":100,\"outputTokens\":100}}";

  private final URI server;
  private final Map<String, String> headers;
  private final int quotas;

  private BenchQuotas(PlatformUnderTest platform, int quotas) {
    this.server = platform.url();
    this.headers =
        Map.of(
            "Authorization",
            "Bearer " + platform.token(),
            "X-Tenant-Id",
            TENANT,
            "Content-Type",
            "application/json");
    this.quotas = quotas;
  }

  /** The balances are there afterwards: the month is not read from the book while one measures. */
  static BenchQuotas make(PlatformUnderTest platform, boolean spread) {
    platform.createTenant(TENANT);
    PlatformClient client = platform.client().forTenant(TENANT);
    BenchQuotas made = new BenchQuotas(platform, spread ? MANY : 1);
    String items =
        spread
            ? IntStream.range(0, MANY)
                .mapToObj(i -> ITEM.formatted(",\"scope\":{\"user\":\"u" + i + "\"}"))
                .collect(Collectors.joining(","))
            : ITEM.formatted("");
    client.put("/v1/quotas", "{\"items\":[" + items + "]}").mustBe(200);
    for (int from = 0; from < made.quotas; from += AT_ONCE) {
      String calls =
          IntStream.range(from, from + AT_ONCE)
              .mapToObj(CALL::formatted)
              .collect(Collectors.joining(","));
      client.post("/v1/quotas/check", "{\"items\":[" + calls + "]}").mustBe(200);
    }
    return made;
  }

  /** A POST for each user: of one after the other, or of one alone. */
  List<byte[]> posts(String path) {
    List<byte[]> posts = new ArrayList<>();
    for (int user = 0; user < quotas; user++) {
      posts.add(post(path, CALL.formatted(user)));
    }
    return posts;
  }

  byte[] post(String path, String body) {
    return HttpLoad.request(server, "POST", path, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /** An empty resource behind the same server and the same kind of permission. */
  HttpLoad empty() {
    return new HttpLoad(server, "GET", "/v1/empty", headers, new byte[0], 200);
  }

  String told() {
    return quotas == 1 ? "one quota that all take of" : quotas + " quotas, one of each user";
  }
}
