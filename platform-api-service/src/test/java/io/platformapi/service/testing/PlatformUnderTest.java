package io.platformapi.service.testing;

import io.dropwizard.configuration.FileConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.Application;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.testing.DropwizardTestSupport;
import io.platformapi.service.PlatformApplication;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.local.LocalIssuer;
import java.net.URI;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.commons.text.StringSubstitutor;

/** The whole service in this JVM, started from config.yml on the shared real servers. */
public final class PlatformUnderTest implements AutoCloseable {
  public static final String ALL_SCOPES =
      "tenants:read tenants:write quotas:read quotas:write quotas:reserve apikeys:read"
          + " apikeys:write users:read users:write policies:read policies:write decisions:check"
          + " reconciliations:read reconciliations:write reconciliations:approve"
          + " platform:read platform:write platform:delegate";

  private static final String CONFIG = "../config.yml";

  private final PlatformSettings settings;
  private final DropwizardTestSupport<PlatformConfiguration> support;
  private final String token;
  private final PlatformClient client;

  private PlatformUnderTest(
      PlatformSettings settings, Supplier<Application<PlatformConfiguration>> factory)
      throws Exception {
    this.settings = settings;
    this.support =
        new DropwizardTestSupport<>(
            PlatformApplication.class,
            CONFIG,
            new SubstitutingSourceProvider(
                new FileConfigurationSourceProvider(),
                new StringSubstitutor(settings.variables()::get))) {
          @Override
          public Application<PlatformConfiguration> newApplication() {
            return factory.get();
          }
        };
    support.before();
    this.token = RealServers.issuer().resourceToken("tests", ALL_SCOPES);
    this.client = new PlatformClient(url(), token);
  }

  /** A new, empty platform. */
  public static PlatformUnderTest start() throws Exception {
    return start(PlatformSettings.create());
  }

  /** Another node of the platform that the settings describe. */
  public static PlatformUnderTest start(PlatformSettings settings) throws Exception {
    return new PlatformUnderTest(settings, PlatformApplication::new);
  }

  /** A platform whose application has been extended, e.g. by a resource to compare with. */
  public static PlatformUnderTest start(
      PlatformSettings settings, Supplier<Application<PlatformConfiguration>> application)
      throws Exception {
    return new PlatformUnderTest(settings, application);
  }

  public PlatformSettings settings() {
    return settings;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + support.getLocalPort());
  }

  public URI adminUrl() {
    return URI.create("http://127.0.0.1:" + support.getAdminPort());
  }

  /** Everything that has been registered with the server. */
  public Environment environment() {
    return support.getEnvironment();
  }

  /** A client with another token. */
  public PlatformClient client(String otherToken) {
    return new PlatformClient(url(), otherToken);
  }

  /** A client without a token. */
  public PlatformClient anybody() {
    return new PlatformClient(url(), Map.of());
  }

  /** A client of the admin port. */
  public PlatformClient operator() {
    return new PlatformClient(adminUrl(), Map.of());
  }

  /** A client of one tenant, with every scope that a tenant can have. */
  public PlatformClient clientOf(String tenant) {
    return client(
        RealServers.issuer().organizationToken("m2m-" + tenant, "org_" + tenant, ALL_SCOPES));
  }

  /** A client of somebody who has signed in to a tenant; no service that speaks for itself. */
  public PlatformClient personOf(String tenant, String subject, String scope) {
    return client(personToken(tenant, subject, scope));
  }

  /** Token of somebody who has signed in to a tenant. */
  public String personToken(String tenant, String subject, String scope) {
    LocalIssuer issuer = RealServers.issuer();
    Map<String, Object> claims =
        issuer.claims("web-app", "urn:logto:organization:org_" + tenant, scope);
    claims.put("sub", subject);
    return issuer.sign(claims);
  }

  /** A token that may do everything for every tenant. */
  public String token() {
    return token;
  }

  /** A client with that token. */
  public PlatformClient client() {
    return client;
  }

  /** See {@link PlatformClient#createTenant}. */
  public void createTenant(String id) {
    createTenant(id, "off");
  }

  /** The same, with {@code userProvisioning}. */
  public void createTenant(String id, String userProvisioning) {
    client.createTenant(id, userProvisioning);
  }

  @Override
  public void close() {
    support.after();
  }
}
