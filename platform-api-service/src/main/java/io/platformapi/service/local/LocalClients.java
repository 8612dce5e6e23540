package io.platformapi.service.local;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The machine-to-machine clients of the local issuer, and what each may ask for. */
public final class LocalClients {
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

  record Refused(OidcError error) implements Grant {}

  /** Judges a token request; errors as recorded from a Logto 1.37.1. */
  Grant grant(List<String> credentials, Map<String, String> fields) {
    if (!"client_credentials".equals(fields.get("grant_type"))) {
      return new Refused(OidcError.unsupportedGrantType());
    }
    Client client = clients.get(credentials.get(0));
    if (client == null || !client.secret().equals(credentials.get(1))) {
      return new Refused(OidcError.invalidClient());
    }
    String resource = fields.get("resource");
    String organization = fields.get("organization_id");
    if (resource == null && organization == null) {
      return new Refused(
          OidcError.invalidTarget("both `resource` and `organization_id` are not provided"));
    }
    if (resource != null && !resource.equals(LocalIssuer.RESOURCE)) {
      return new Refused(OidcError.invalidTarget("resource indicator is missing, or unknown"));
    }
    if (organization != null && !client.organizations().contains(organization)) {
      return new Refused(OidcError.accessDenied("app has not associated with the organization"));
    }
    String scope =
        Arrays.stream(fields.getOrDefault("scope", "").split(" "))
            .filter(client.scopes()::contains)
            .distinct()
            .collect(Collectors.joining(" "));
    return new Granted(client.id(), resource, organization, scope);
  }
}
