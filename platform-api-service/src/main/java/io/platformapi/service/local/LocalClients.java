package io.platformapi.service.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The machine-to-machine clients of the local issuer, and what each may ask for. */
public final class LocalClients {
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final Map<String, Client> clients = new ConcurrentHashMap<>();

  /**
   * @param id {@code client_id}
   * @param secret {@code client_secret}
   * @param organizations organizations it belongs to
   * @param scopes scopes it can be given
   */
  public record Client(String id, String secret, Set<String> organizations, Set<String> scopes) {}

  /** Adds a client, or replaces the one of the same id. */
  public void put(Client client) {
    clients.put(client.id(), client);
  }

  /** The answer to a token request. */
  sealed interface Grant {}

  record Granted(String clientId, String resource, String organization, String scope)
      implements Grant {}

  record Refused(int status, Map<String, Object> body) implements Grant {}

  /** Judges a token request; errors as recorded from a Logto 1.37.1. */
  Grant grant(String method, String authorization, String form) {
    Map<String, String> fields = fields(form);
    if (!"POST".equals(method) || !"client_credentials".equals(fields.get("grant_type"))) {
      return refused(
          BAD_REQUEST,
          "unsupported_grant_type",
          "An OIDC error occurred: oidc.unsupported_grant_type.",
          "unsupported grant_type requested");
    }
    Client client = authenticated(authorization, fields);
    if (client == null) {
      return refused(
          UNAUTHORIZED,
          "invalid_client",
          "An OIDC error occurred: oidc.invalid_client.",
          "client authentication failed");
    }
    String resource = fields.get("resource");
    String organization = fields.get("organization_id");
    if (resource == null && organization == null) {
      return invalidTarget("both `resource` and `organization_id` are not provided");
    }
    if (resource != null && !resource.equals(LocalIssuer.RESOURCE)) {
      return invalidTarget("resource indicator is missing, or unknown");
    }
    if (organization != null && !client.organizations().contains(organization)) {
      return refused(
          FORBIDDEN,
          "access_denied",
          "Access denied.",
          "app has not associated with the organization");
    }
    String scope =
        Arrays.stream(fields.getOrDefault("scope", "").split(" "))
            .filter(client.scopes()::contains)
            .distinct()
            .collect(Collectors.joining(" "));
    return new Granted(client.id(), resource, organization, scope);
  }

  private Client authenticated(String authorization, Map<String, String> fields) {
    List<String> credentials =
        authorization != null && authorization.startsWith("Basic ")
            ? basic(authorization.substring("Basic ".length()))
            : List.of(
                fields.getOrDefault("client_id", ""), fields.getOrDefault("client_secret", ""));
    Client client = credentials.size() == 2 ? clients.get(credentials.get(0)) : null;
    return client != null && client.secret().equals(credentials.get(1)) ? client : null;
  }

  private static List<String> basic(String encoded) {
    try {
      String decoded =
          new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
      return List.of(decoded.split(":", 2));
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static Map<String, String> fields(String form) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : form.split("&")) {
      String[] halves = pair.split("=", 2);
      if (halves.length == 2) {
        fields.put(
            URLDecoder.decode(halves[0], StandardCharsets.UTF_8),
            URLDecoder.decode(halves[1], StandardCharsets.UTF_8));
      }
    }
    return fields;
  }

  private static Refused invalidTarget(String description) {
    return refused(BAD_REQUEST, "invalid_target", "Invalid resource indicator.", description);
  }

  private static Refused refused(int status, String error, String message, String description) {
    return new Refused(
        status,
        Map.of(
            "code", "oidc." + error,
            "message", message,
            "error", error,
            "error_description", description));
  }
}
