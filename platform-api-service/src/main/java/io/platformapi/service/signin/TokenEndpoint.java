package io.platformapi.service.signin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.routes.gateway.GatewayException;
import io.platformapi.routes.gateway.GatewayRequest;
import io.platformapi.routes.gateway.GatewayResponse;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.config.SignInConfiguration;
import io.platformapi.service.problem.UnavailableException;
import io.platformapi.service.problem.UpstreamFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's token and revocation endpoints, through Kong, as our application there. Nothing of
 * what goes there or comes back is logged but a status and an error code.
 */
final class TokenEndpoint {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
  private static final int OK = 200;
  private static final Set<Integer> AWAY = Set.of(502, 503, 504);
  private static final Set<Integer> REFUSED = Set.of(400, 401, 403);
  private static final Pattern CODE = Pattern.compile("[a-z_]{1,64}");

  private final Logger log = LoggerFactory.getLogger(TokenEndpoint.class);
  private final Gateway gateway;
  private final Issuer issuer;
  private final SignInConfiguration configuration;
  private final ObjectMapper json = new ObjectMapper();

  TokenEndpoint(Gateway gateway, Issuer issuer, SignInConfiguration configuration) {
    this.gateway = gateway;
    this.issuer = issuer;
    this.configuration = configuration;
  }

  /**
   * @throws IssuerRefusal when the issuer says no
   * @throws UnavailableException when it cannot be reached
   * @throws UpstreamFailedException when its answer is of no use
   */
  Tokens tokens(Form form, RequestTrace trace) throws IssuerRefusal {
    String path =
        issuer
            .endpoints()
            .tokenPath()
            .orElseThrow(() -> new UpstreamFailedException("the issuer has no token endpoint"));
    GatewayResponse answer = post(path, form, trace);
    if (answer.status() != OK) {
      throw refusal(answer);
    }
    JsonNode body = body(answer);
    String type = body.path("token_type").asText();
    if (!body.path("access_token").isTextual() || !type.equalsIgnoreCase("Bearer")) {
      throw new UpstreamFailedException("the issuer answered without a bearer token");
    }
    return new Tokens(
        body.path("access_token").textValue(),
        body.path("refresh_token").textValue(),
        body.path("id_token").textValue(),
        "Bearer",
        body.path("expires_in").asLong(),
        body.path("scope").asText(""));
  }

  /**
   * Has the issuer take a refresh token back (RFC 7009).
   *
   * @return whether it did
   */
  boolean revoke(String refreshToken, RequestTrace trace) {
    try {
      String path = issuer.endpoints().revocationPath().orElse(null);
      if (path == null) {
        return false;
      }
      Form form = new Form().with("token", refreshToken).with("token_type_hint", "refresh_token");
      int status = post(path, form, trace).status();
      if (status != OK) {
        log.warn("the issuer answered {} to the revocation of a refresh token", status);
      }
      return status == OK;
    } catch (UnavailableException e) {
      return false;
    }
  }

  private GatewayResponse post(String path, Form form, RequestTrace trace) {
    GatewayRequest request;
    if (configuration.clientSecret().isEmpty()) {
      request =
          GatewayRequest.post(
              path, Form.TYPE, form.with("client_id", configuration.clientId()).bytes());
    } else {
      request =
          GatewayRequest.post(path, Form.TYPE, form.bytes()).with("Authorization", credentials());
    }
    try {
      return gateway.send(
          request.within(TIMEOUT).onBehalfOf(trace.requestId(), trace.traceparent()));
    } catch (GatewayException e) {
      throw unavailable();
    }
  }

  /** RFC 6749, section 2.3.1: form-encoded before they are joined. */
  private String credentials() {
    String joined =
        Form.encoded(configuration.clientId()) + ":" + Form.encoded(configuration.clientSecret());
    return "Basic "
        + Base64.getEncoder().encodeToString(joined.getBytes(StandardCharsets.US_ASCII));
  }

  private IssuerRefusal refusal(GatewayResponse answer) {
    if (AWAY.contains(answer.status())) {
      throw unavailable();
    }
    if (!REFUSED.contains(answer.status())) {
      log.warn("the issuer's token endpoint answered {}", answer.status());
      throw new UpstreamFailedException("the token issuer failed");
    }
    String error = body(answer).path("error").asText();
    if (!CODE.matcher(error).matches()) {
      throw new UpstreamFailedException("the token issuer failed");
    }
    log.info("the issuer's token endpoint refused: {}", error);
    return new IssuerRefusal(error);
  }

  private JsonNode body(GatewayResponse answer) {
    try {
      JsonNode body = json.readTree(answer.body());
      if (body != null && body.isObject()) {
        return body;
      }
    } catch (IOException e) {
      // What Jackson says may quote the answer, which may hold a token.
      log.warn("the issuer's answer of status {} is no JSON", answer.status());
    }
    throw new UpstreamFailedException("the token issuer failed");
  }

  private static UnavailableException unavailable() {
    return new UnavailableException("the token issuer cannot be reached now", RETRY_AFTER);
  }
}
