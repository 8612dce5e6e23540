package io.platformapi.service.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import io.platformapi.service.concurrent.DaemonThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An OpenID Connect issuer with the keys, tokens and errors of a Logto 1.37.1, on loopback. */
public final class LocalIssuer implements AutoCloseable {
  /** Resource indicator of this API. */
  public static final String RESOURCE = "https://platform.example/api";

  static final String ORGANIZATION_AUDIENCE = "urn:logto:organization:";
  static final long LIFE_SECONDS = 3600;

  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpServer server;
  private final ExecutorService threads;
  private final LocalClients clients;
  private final LocalSessions sessions = new LocalSessions();
  private volatile List<ECKey> keys;

  private LocalIssuer(HttpServer server, ExecutorService threads, LocalClients clients) {
    this.server = server;
    this.threads = threads;
    this.clients = clients;
    this.keys = List.of(newKey());
  }

  /**
   * @param port port, or 0 for a free one
   * @param clients who can ask for tokens
   */
  public static LocalIssuer start(int port, LocalClients clients) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    ExecutorService threads = Executors.newFixedThreadPool(2, new DaemonThreads("local-issuer"));
    LocalIssuer issuer = new LocalIssuer(server, threads, clients);
    new LocalOidcEndpoints(issuer, clients).serve(server);
    server.setExecutor(threads);
    server.start();
    return issuer;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** {@code iss} of the tokens. */
  public String issuer() {
    return "http://127.0.0.1:" + port() + "/oidc";
  }

  /** The applications that users sign in to. */
  public LocalSessions sessions() {
    return sessions;
  }

  /** A token for our API without an organization. */
  public String resourceToken(String clientId, String scope) {
    return sign(claims(clientId, RESOURCE, scope));
  }

  /** A token for an organization alone. */
  public String organizationToken(String clientId, String organization, String scope) {
    return sign(claims(clientId, ORGANIZATION_AUDIENCE + organization, scope));
  }

  /** A token for our API and an organization. */
  public String organizationResourceToken(String clientId, String organization, String scope) {
    Map<String, Object> claims = claims(clientId, RESOURCE, scope);
    claims.put("organization_id", organization);
    return sign(claims);
  }

  /** The claims of a token as Logto makes them, valid from now for an hour, to be changed. */
  public Map<String, Object> claims(String clientId, String audience, String scope) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("sub", clientId);
    claims.put("iat", now);
    claims.put("exp", now + LIFE_SECONDS);
    if (scope != null && !scope.isEmpty()) {
      claims.put("scope", scope);
    }
    claims.put("client_id", clientId);
    claims.put("iss", issuer());
    claims.put("aud", audience);
    return claims;
  }

  /** A token with any claims, signed by the present key. */
  public String sign(Map<String, Object> claims) {
    return sign("at+jwt", claims);
  }

  /** An ID token with any claims, signed by the present key. */
  public String signIdToken(Map<String, Object> claims) {
    return sign("JWT", claims);
  }

  private String sign(String type, Map<String, Object> claims) {
    ECKey key = keys.get(0);
    JWSHeader header =
        new JWSHeader.Builder(JWSAlgorithm.ES384)
            .type(new JOSEObjectType(type))
            .keyID(key.getKeyID())
            .build();
    try {
      JWSObject token = new JWSObject(header, new Payload(mapper.writeValueAsString(claims)));
      token.sign(new ECDSASigner(key));
      return token.serialize();
    } catch (JOSEException | JsonProcessingException e) {
      throw new IllegalStateException("cannot sign", e);
    }
  }

  /** Signs with a new key from now on; the key before stays published. */
  public void rotate() {
    keys = List.of(newKey(), keys.get(0));
  }

  /** The key that signs now, with its private half. */
  public ECKey signingKey() {
    return keys.get(0);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** The public halves of the present keys. */
  Map<String, Object> publicKeys() {
    return new JWKSet(List.copyOf(keys)).toPublicJWKSet().toJSONObject();
  }

  private static ECKey newKey() {
    try {
      return new ECKeyGenerator(Curve.P_384)
          .keyUse(KeyUse.SIGNATURE)
          .algorithm(JWSAlgorithm.ES384)
          .keyIDFromThumbprint(true)
          .generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot make a key", e);
    }
  }
}
