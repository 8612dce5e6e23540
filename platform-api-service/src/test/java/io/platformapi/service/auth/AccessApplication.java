package io.platformapi.service.auth;

import io.dropwizard.auth.Auth;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.setup.Environment;
import io.platformapi.routes.gateway.GatewayConfig;
import io.platformapi.routes.gateway.KongGateway;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.config.AuthConfiguration;
import io.platformapi.service.http.HttpRules;
import io.platformapi.service.http.Metrics;
import io.platformapi.service.local.LocalClients;
import io.platformapi.service.local.LocalIssuer;
import io.platformapi.service.local.LocalKong;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small application behind the real authentication, with a local issuer and gateway. */
public final class AccessApplication extends Application<Configuration> {
  static final String INGEST_TOKEN = "ingest-secret";
  static final String OLD_INGEST_TOKEN = "ingest-secret-before";

  private static final Map<String, TenantView> TENANTS =
      Map.of(
          "acme", new TenantView("acme", "default", TenantView.State.ACTIVE),
          "globex", new TenantView("globex", "eu", TenantView.State.ACTIVE),
          "frozen", new TenantView("frozen", "default", TenantView.State.SUSPENDED),
          "young", new TenantView("young", "default", TenantView.State.NOT_READY));

  private static final Map<String, UserView> USERS =
      Map.of(
          "acme/ann-id", user("ann-id", UserView.Status.ACTIVE),
          "acme/sam-id", user("sam-id", UserView.Status.SUSPENDED),
          "acme/dee-id", user("dee-id", UserView.Status.DELETED),
          "globex/gus-id", user("gus-id", UserView.Status.ACTIVE));

  private final List<UserLookup.Holder> holders = new CopyOnWriteArrayList<>();
  private final List<AuthAudit.Refusal> refusals = new CopyOnWriteArrayList<>();
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private final LocalClients clients = new LocalClients();
  private LocalIssuer issuer;
  private LocalKong kong;

  @Override
  public void run(Configuration configuration, Environment environment) throws IOException {
    clients.put(
        new LocalClients.Client(
            "client", "secret", Set.of("org-acme"), Set.of("quotas:read", "tenants:read")));
    issuer = LocalIssuer.start(0, clients);
    kong = LocalKong.start(0);
    kong.routeLogto(URI.create("http://127.0.0.1:" + issuer.port()));
    AuthConfiguration auth =
        new AuthConfiguration(
            issuer.issuer(), LocalIssuer.RESOURCE, null, INGEST_TOKEN + "," + OLD_INGEST_TOKEN);
    Metrics metrics = new Metrics(environment.metrics());
    KongGateway gateway = new KongGateway(new GatewayConfig(kong.url()), metrics.meters());
    Caches caches = new Caches(metrics.meters());
    Issuer behindKong = new Issuer(gateway, auth.issuer(), auth.gatewayPath(), caches);
    environment.lifecycle().manage(behindKong);
    SigningKeys keys = new SigningKeys(behindKong, Duration.ZERO, caches);
    environment.lifecycle().manage(keys);

    metrics.serve(environment);
    new HttpRules(metrics.meters()).install(configuration.getServerFactory(), environment);
    Refusals audited = new Refusals(refusals::add, metrics.meters());
    Authenticator authenticator =
        new Authenticator(
            new Credentials(new TokenVerifier(keys, auth, caches, Clock.systemUTC()), new Keys()),
            new Revoked(),
            new Lookup(),
            new Users(),
            AccessApplication::byScopes,
            audited);
    new AccessRules(authenticator, new IngestTokens(auth.ingestTokenList()), audited)
        .install(environment.jersey());
    environment.jersey().register(new Guarded());
  }

  LocalIssuer issuer() {
    return issuer;
  }

  LocalKong kong() {
    return kong;
  }

  /** Whose user was asked for. */
  List<UserLookup.Holder> holders() {
    return holders;
  }

  private static UserView user(String id, UserView.Status status) {
    return new UserView(
        id, id.replace("-id", ""), status, Set.of("viewer"), Map.of("department", "research"));
  }

  /** Whoever has the scope may; so may a user that a delegate speaks for. */
  private static Rights byScopes(Asker asker, Permission permission) {
    return new OfScope(
        asker.scopes().contains(permission.scope()) || asker.scopes().contains(Permission.ROLES));
  }

  private record OfScope(boolean allowed) implements Rights {
    @Override
    public Ruling atAll() {
      return allowed ? Ruling.ALLOWED : new Ruling(false, "none", null, false, "1-1", List.of());
    }

    @Override
    public Ruling on(ResourceView resource) {
      return atAll();
    }

    @Override
    public boolean sees(ResourceView resource) {
      return allowed;
    }

    @Override
    public boolean allows(Permission other, ResourceView resource) {
      return allowed;
    }

    @Override
    public RowFilter rows(RowColumns columns) {
      return RowFilter.ALL;
    }
  }

  List<AuthAudit.Refusal> refusals() {
    return refusals;
  }

  void revoke(String tokenId) {
    revoked.add(tokenId);
  }

  private final class Revoked implements Revocations {
    @Override
    public boolean isRevoked(String tokenId) {
      return revoked.contains(tokenId);
    }

    @Override
    public boolean isRevoked(String tenantId, String subject, Instant issuedAt) {
      return subject.equals("revoked");
    }
  }

  private static final class Lookup implements TenantLookup {
    @Override
    public Optional<TenantView> byId(String tenantId) {
      return Optional.ofNullable(TENANTS.get(tenantId));
    }

    @Override
    public Optional<TenantView> byOrganization(String organizationId) {
      return organizationId.startsWith("org-")
          ? byId(organizationId.substring("org-".length()))
          : Optional.empty();
    }
  }

  /** One key of each tenant, also of one that is gone: {@code pak_acme}. */
  private static final class Keys implements ApiKeys {
    @Override
    public boolean recognises(String credential) {
      return credential.startsWith("pak_");
    }

    @Override
    public Holder verify(String credential) {
      String tenant = credential.substring("pak_".length());
      return new Holder(
          "key-1",
          tenant,
          Set.of("quotas:read", "tenants:read", Permission.DELEGATION),
          Instant.EPOCH,
          null);
    }
  }

  private final class Users implements UserLookup {
    @Override
    public Optional<UserView> ofSubject(TenantView tenant, Holder holder) {
      holders.add(holder);
      return byId(tenant, holder.subject() + "-id");
    }

    @Override
    public Optional<UserView> byId(TenantView tenant, String userId) {
      return Optional.ofNullable(USERS.get(tenant.id() + "/" + userId));
    }
  }

  /** The endpoints. */
  @Path("/")
  @Produces(MediaType.APPLICATION_JSON)
  public static final class Guarded {

    @GET
    @Path("quotas")
    @Requires(Permission.QUOTAS_READ)
    public Map<String, Object> quotas(@Auth Caller caller) {
      return tell(caller);
    }

    @GET
    @Path("tenants")
    @Requires(Permission.TENANTS_READ)
    public Map<String, Object> tenants(@Auth Caller caller) {
      return tell(caller);
    }

    @GET
    @Path("open")
    @Open
    public Map<String, Object> open() {
      return Map.of();
    }

    @POST
    @Path("ingest")
    @IngestAuthenticated
    public Map<String, Object> ingest() {
      return Map.of();
    }

    private static Map<String, Object> tell(Caller caller) {
      Map<String, Object> answer = new HashMap<>();
      answer.put("subject", caller.subject());
      answer.put("tenant", caller.tenant());
      answer.put("platform", caller.platformId());
      answer.put("user", caller.userId().orElse(null));
      answer.put("roles", caller.roles());
      answer.put("attributes", caller.attributes());
      answer.put("actor", caller.actor());
      return answer;
    }
  }
}
