package io.platformapi.service.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.dropwizard.core.Configuration;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.junit5.DropwizardAppExtension;
import io.dropwizard.testing.junit5.DropwizardExtensionsSupport;
import io.platformapi.service.local.LocalIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
@ExtendWith(DropwizardExtensionsSupport.class)
class TokenTest {
  private static final DropwizardAppExtension<Configuration> APP =
      new DropwizardAppExtension<>(
          AccessApplication.class,
          (String) null,
          ConfigOverride.config("server.applicationConnectors[0].port", "0"),
          ConfigOverride.config("server.adminConnectors[0].port", "0"),
          // The default of 8 KiB refuses an oversize token before it is read as one.
          ConfigOverride.config("server.applicationConnectors[0].maxRequestHeaderSize", "16KiB"));
  private static final String SCOPES = "quotas:read tenants:read";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void eachOfLogtosThreeShapesIsUnderstood() throws Exception {
    JsonNode organization =
        ok(get("/quotas", issuer().organizationToken("m2m", "org-acme", SCOPES)));
    assertThat(organization.path("tenant").asText()).isEqualTo("acme");
    JsonNode both =
        ok(get("/quotas", issuer().organizationResourceToken("m2m", "org-globex", SCOPES)));
    assertThat(both.path("tenant").asText()).isEqualTo("globex");
    assertThat(both.path("platform").asText()).isEqualTo("eu");
    JsonNode resource = ok(get("/tenants", issuer().resourceToken("m2m", SCOPES)));
    assertThat(resource.path("tenant").isNull()).isTrue();
    assertThat(resource.path("subject").asText()).isEqualTo("m2m");
  }

  @Test
  void aTokenOfTheTokenEndpointWorks() throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(app().kong().url() + "/logto/oidc/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&client_id=client&client_secret=secret"
                            + "&organization_id=org-acme&scope=quotas%3Aread+other"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    JsonNode granted = MAPPER.readTree(answer.body());
    assertThat(granted.path("scope").asText()).isEqualTo("quotas:read");
    ok(get("/quotas", granted.path("access_token").asText()));
  }

  static Stream<String> forgeries() {
    return Stream.of(
        "no dots",
        "alg none",
        "alg none unsigned",
        "alg none in other letters",
        "hs256 with the public key",
        "hs256 with the public key in DER",
        "hs256 with the public key in PEM",
        "hs384 empty",
        "wrong audience",
        "other organization urn without id",
        "several audiences",
        "no audience",
        "audience and other organization",
        "wrong issuer",
        "issuer with slash",
        "no issuer",
        "unknown kid",
        "kid of another of our keys",
        "no kid",
        "embedded jwk",
        "jku",
        "x5u",
        "x5c",
        "zip",
        "b64",
        "crit",
        "expired",
        "no exp",
        "exp as text",
        "exp absurd",
        "exp negative",
        "exp null",
        "not yet valid",
        "no subject",
        "numeric subject",
        "scope as list",
        "duplicate claims",
        "duplicate header",
        "trailing data",
        "four parts",
        "oversize",
        "wrong curve",
        "algorithm of another curve",
        "algorithm of another family",
        "zero signature",
        "zero signature of another length",
        "empty signature",
        "der signature",
        "foreign key with our kid",
        "changed claims",
        "wrong typ",
        "no typ",
        "id token",
        "revoked",
        "of a revoked subject",
        "claims no object",
        "claims no json",
        "padded");
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void aForgedOrWrongTokenIsUnauthenticatedAndNothingElse(String kind) throws Exception {
    String token = forge(kind);
    int before = app().refusals().size();
    HttpResponse<String> answer = get("/quotas", token);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(app().refusals()).hasSize(before + 1);
    assertThat(app().refusals().get(before).reason())
        .isEqualTo(AuthAudit.Reason.INVALID_CREDENTIAL);
    JsonNode error = MAPPER.readTree(answer.body()).path("error");
    assertThat(error.path("code").asText()).isEqualTo("unauthenticated");
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .contains("Bearer error=\"invalid_token\"");
  }

  private String forge(String kind) throws Exception {
    ECKey key = issuer().signingKey();
    String valid = issuer().organizationToken("m2m", "org-acme", SCOPES);
    String[] parts = valid.split("\\.");
    long now = Instant.now().getEpochSecond();
    String header = "{\"alg\":\"ES384\",\"typ\":\"at+jwt\",\"kid\":\"" + key.getKeyID() + "\"";
    return switch (kind) {
      case "no dots" -> "abc";
      case "alg none" -> encode(header.replace("ES384", "none") + "}") + "." + parts[1] + ".";
      case "alg none unsigned" ->
          encode(header.replace("ES384", "none") + "}") + "." + parts[1] + "." + parts[2];
      case "alg none in other letters" ->
          encode(header.replace("ES384", "nOnE") + "}") + "." + parts[1] + ".";
      case "hs256 with the public key in DER" ->
          sign(JWSAlgorithm.HS256, key.getKeyID(), new MACSigner(key.toECPublicKey().getEncoded()));
      case "hs256 with the public key in PEM" ->
          sign(
              JWSAlgorithm.HS256,
              key.getKeyID(),
              new MACSigner(
                  ("-----BEGIN PUBLIC KEY-----\n"
                          + Base64.getMimeEncoder().encodeToString(key.toECPublicKey().getEncoded())
                          + "\n-----END PUBLIC KEY-----\n")
                      .getBytes(StandardCharsets.UTF_8)));
      case "hs256 with the public key" ->
          sign(
              JWSAlgorithm.HS256,
              key.getKeyID(),
              new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
      case "hs384 empty" -> sign(JWSAlgorithm.HS384, key.getKeyID(), new MACSigner(new byte[48]));
      case "wrong audience" -> with(claims -> claims.put("aud", "https://other.example"));
      case "other organization urn without id" ->
          with(claims -> claims.put("aud", "urn:logto:organization:"));
      case "several audiences" ->
          with(claims -> claims.put("aud", List.of(LocalIssuer.RESOURCE, "https://other")));
      case "no audience" -> with(claims -> claims.remove("aud"));
      case "audience and other organization" ->
          with(claims -> claims.put("organization_id", "org-globex"));
      case "wrong issuer" -> with(claims -> claims.put("iss", "https://evil.example/oidc"));
      case "issuer with slash" -> with(claims -> claims.put("iss", issuer().issuer() + "/"));
      case "no issuer" -> with(claims -> claims.remove("iss"));
      case "unknown kid" -> sign(JWSAlgorithm.ES384, "unknown", new ECDSASigner(key));
      case "kid of another of our keys" -> {
        issuer().rotate();
        yield sign(JWSAlgorithm.ES384, issuer().signingKey().getKeyID(), new ECDSASigner(key));
      }
      case "no kid" -> signText("{\"alg\":\"ES384\",\"typ\":\"at+jwt\"}", payload(), key);
      case "embedded jwk" ->
          signText(
              header + ",\"jwk\":" + other().toPublicJWK().toJSONString() + "}",
              payload(),
              other());
      case "jku" -> signText(header + ",\"jku\":\"http://127.0.0.1:1/k\"}", payload(), key);
      case "x5u" -> signText(header + ",\"x5u\":\"http://127.0.0.1:1/k\"}", payload(), key);
      case "x5c" -> signText(header + ",\"x5c\":[\"MAA=\"]}", payload(), key);
      case "zip" -> signText(header + ",\"zip\":\"DEF\"}", payload(), key);
      case "b64" -> signText(header + ",\"b64\":false}", payload(), key);
      case "crit" -> signText(header + ",\"crit\":[\"x\"],\"x\":1}", payload(), key);
      case "expired" -> with(claims -> claims.put("exp", now - 31));
      case "no exp" -> with(claims -> claims.remove("exp"));
      case "exp as text" -> with(claims -> claims.put("exp", "9999999999"));
      case "exp absurd" -> with(claims -> claims.put("exp", 1e300));
      case "exp negative" -> with(claims -> claims.put("exp", -now));
      case "exp null" -> with(claims -> claims.put("exp", null));
      case "not yet valid" -> with(claims -> claims.put("nbf", now + 31));
      case "no subject" -> with(claims -> claims.remove("sub"));
      case "numeric subject" -> with(claims -> claims.put("sub", 1));
      case "scope as list" -> with(claims -> claims.put("scope", List.of("quotas:read")));
      case "duplicate claims" ->
          signText(header + "}", payload().replace("{", "{\"sub\":\"other\","), key);
      case "duplicate header" -> signText(header + ",\"alg\":\"ES384\"}", payload(), key);
      case "trailing data" -> signText(header + "}", payload() + "{}", key);
      case "four parts" -> valid + ".abc";
      case "oversize" -> with(claims -> claims.put("more", "a".repeat(9000)));
      case "wrong curve" -> {
        ECKey p256 = new ECKeyGenerator(Curve.P_256).keyID(key.getKeyID()).generate();
        yield sign(JWSAlgorithm.ES256, key.getKeyID(), new ECDSASigner(p256));
      }
      case "algorithm of another curve" ->
          signText(header.replace("ES384", "ES256") + "}", payload(), key);
      case "algorithm of another family" ->
          signText(header.replace("ES384", "RS256") + "}", payload(), key);
      case "zero signature of another length" ->
          parts[0] + "." + parts[1] + "." + encode(new byte[64]);
      case "zero signature" -> parts[0] + "." + parts[1] + "." + encode(new byte[96]);
      case "empty signature" -> parts[0] + "." + parts[1] + ".";
      case "der signature" ->
          parts[0] + "." + parts[1] + "." + encode(new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1});
      case "foreign key with our kid" ->
          sign(JWSAlgorithm.ES384, key.getKeyID(), new ECDSASigner(other()));
      case "changed claims" ->
          parts[0] + "." + encode(payload().replace("org-acme", "org-globex")) + "." + parts[2];
      case "wrong typ" -> signText(header.replace("at+jwt", "dpop+jwt") + "}", payload(), key);
      case "no typ" -> signText(header.replace("\"typ\":\"at+jwt\",", "") + "}", payload(), key);
      case "id token" -> {
        Map<String, Object> claims = issuer().claims("console", "console", null);
        claims.put("nonce", "nonce");
        yield issuer().signIdToken(claims);
      }
      case "revoked" -> {
        app()
            .revoke(
                HexFormat.of()
                    .formatHex(
                        MessageDigest.getInstance("SHA-256")
                            .digest(
                                (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII))));
        yield valid;
      }
      case "of a revoked subject" -> issuer().organizationToken("revoked", "org-acme", SCOPES);
      case "claims no object" -> signText(header + "}", "[]", key);
      case "claims no json" -> signText(header + "}", "{\"iss\":", key);
      case "padded" -> parts[0] + "!." + parts[1] + "." + parts[2];
      default -> throw new IllegalArgumentException(kind);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer x.y.z"})
  void anythingButABearerTokenIsUnauthenticated(String authorization) throws Exception {
    HttpRequest.Builder request = request("/quotas");
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(401);
    AuthAudit.Refusal kept = app().refusals().get(app().refusals().size() - 1);
    assertThat(kept.reason())
        .isEqualTo(
            authorization.isEmpty()
                ? AuthAudit.Reason.NO_CREDENTIAL
                : AuthAudit.Reason.INVALID_CREDENTIAL);
    assertThat(kept.actor()).isNull();
    assertThat(answer.headers().firstValue("WWW-Authenticate").orElseThrow())
        .isEqualTo(authorization.isEmpty() ? "Bearer" : "Bearer error=\"invalid_token\"");
    HttpResponse<String> head =
        client.send(
            request("/quotas").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(head.statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // path, organization, scope, X-Tenant-Id, X-Platform-Id, status, code
        "/quotas, org-acme, tenants:read, -, -, 403, forbidden",
        "/quotas, org-acme, -, -, -, 403, forbidden",
        "/quotas, org-acme, quotas:read, globex, -, 403, forbidden",
        "/quotas, org-acme, quotas:read platform:delegate, globex, -, 403, forbidden",
        "/quotas, org-acme, quotas:read, acme, eu, 403, forbidden",
        "/quotas, org-acme, quotas:read, acme, default, 200, -",
        "/quotas, org-nobody, quotas:read, -, -, 403, forbidden",
        "/quotas, org-frozen, quotas:read, -, -, 403, tenant_suspended",
        "/tenants, org-frozen, tenants:read, -, -, 403, tenant_suspended",
        "/quotas, org-young, quotas:read, -, -, 503, unavailable",
        "/quotas, -, quotas:read, -, -, 403, forbidden",
        "/quotas, -, quotas:read, acme, -, 403, forbidden",
        "/quotas, -, quotas:read platform:delegate, acme, -, 200, -",
        "/quotas, -, quotas:read platform:delegate, nobody, -, 403, forbidden",
        "/quotas, -, quotas:read platform:delegate, frozen, -, 403, tenant_suspended",
        "/tenants, -, tenants:read platform:delegate, frozen, -, 200, -",
        "/tenants, -, tenants:read, -, eu, 403, forbidden",
      })
  void aTokenActsOnlyForItsOwnTenantAndScopes(
      String path,
      String organization,
      String scope,
      String tenant,
      String platform,
      int status,
      String code)
      throws Exception {
    String token =
        organization == null
            ? issuer().resourceToken("m2m", scope)
            : issuer().organizationToken("m2m", organization, scope);
    int before = app().refusals().size();
    HttpRequest.Builder request = request(path).header("Authorization", "Bearer " + token);
    if (tenant != null) {
      request.header("X-Tenant-Id", tenant);
    }
    if (platform != null) {
      request.header("X-Platform-Id", platform);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode body = MAPPER.readTree(answer.body());
    if (code != null) {
      assertThat(body.path("error").path("code").asText()).isEqualTo(code);
    }
    assertThat(app().refusals().size() - before).isEqualTo(status == 403 ? 1 : 0);
  }

  @Test
  void aNewKeyOfTheIssuerIsUsedWithoutRestartAndOldKeysStay() throws Exception {
    String before = issuer().organizationToken("m2m", "org-acme", SCOPES);
    ok(get("/quotas", before));
    issuer().rotate();
    ok(get("/quotas", issuer().organizationToken("m2m", "org-acme", SCOPES)));
    ok(get("/quotas", before));
  }

  @ParameterizedTest
  @CsvSource({
    "ingest-secret, 200",
    "ingest-secret-before, 200",
    "ingest-secre, 401",
    "ingest-secret2, 401",
    "'ingest-secret,ingest-secret-before', 401"
  })
  void theIngestEndpointTakesEachOfItsOwnSecretsAlone(String token, int status) throws Exception {
    int before = app().refusals().size();
    HttpResponse<String> answer =
        client.send(
            request("/ingest")
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(app().refusals().size() - before).isEqualTo(status == 401 ? 1 : 0);
    HttpResponse<String> withJwt =
        client.send(
            request("/ingest")
                .header("Authorization", "Bearer " + issuer().resourceToken("m2m", SCOPES))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(withJwt.statusCode()).isEqualTo(401);
  }

  @Test
  void anOpenEndpointNeedsNoToken() throws Exception {
    assertThat(
            client
                .send(request("/open").build(), HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(200);
  }

  private static AccessApplication app() {
    return APP.getApplication();
  }

  private static LocalIssuer issuer() {
    return app().issuer();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + APP.getLocalPort() + path));
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    return client.send(
        request(path).header("Authorization", "Bearer " + token).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode ok(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return MAPPER.readTree(answer.body());
  }

  private static String with(Consumer<Map<String, Object>> change) {
    Map<String, Object> claims = issuer().claims("m2m", "urn:logto:organization:org-acme", SCOPES);
    change.accept(claims);
    return issuer().sign(claims);
  }

  private static String payload() throws Exception {
    return MAPPER.writeValueAsString(
        issuer().claims("m2m", "urn:logto:organization:org-acme", SCOPES));
  }

  private static ECKey other() throws Exception {
    return new ECKeyGenerator(Curve.P_384).generate();
  }

  private static String sign(JWSAlgorithm algorithm, String keyId, JWSSigner signer)
      throws Exception {
    JWSHeader header =
        new JWSHeader.Builder(algorithm).type(new JOSEObjectType("at+jwt")).keyID(keyId).build();
    JWSObject token = new JWSObject(header, new Payload(payload()));
    token.sign(signer);
    return token.serialize();
  }

  /** A token of exactly these texts, with a signature that is right for the key. */
  private static String signText(String header, String payload, ECKey key) throws Exception {
    String content = encode(header) + "." + encode(payload);
    String signature =
        new ECDSASigner(key)
            .sign(new JWSHeader(JWSAlgorithm.ES384), content.getBytes(StandardCharsets.US_ASCII))
            .toString();
    return content + "." + signature;
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
