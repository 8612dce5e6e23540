package io.platformapi.service.wiring;

import io.dropwizard.core.setup.Environment;
import io.micrometer.core.instrument.MeterRegistry;
import io.platformapi.routes.gateway.Gateway;
import io.platformapi.service.PlatformConfiguration;
import io.platformapi.service.auth.AccessRules;
import io.platformapi.service.auth.Authenticator;
import io.platformapi.service.auth.Credentials;
import io.platformapi.service.auth.IngestTokens;
import io.platformapi.service.auth.Issuer;
import io.platformapi.service.auth.Refusals;
import io.platformapi.service.auth.SigningKeys;
import io.platformapi.service.auth.TokenVerifier;
import io.platformapi.service.cache.Caches;
import io.platformapi.service.signin.SignInFeature;
import java.time.Clock;
import java.time.Duration;

/** Who may call what. */
public final class Security {
  private static final Duration PAUSE_BETWEEN_KEY_FETCHES = Duration.ofSeconds(10);

  private Security() {}

  /**
   * Puts authentication and permissions in force on every endpoint. What it starts uses the
   * gateway, so call it after the routes are managed.
   */
  public static void install(
      PlatformConfiguration configuration,
      Environment environment,
      Features features,
      Gateway gateway,
      Caches caches,
      MeterRegistry meters,
      Clock clock) {
    Issuer issuer =
        new Issuer(
            gateway, configuration.auth().issuer(), configuration.auth().gatewayPath(), caches);
    SigningKeys keys = new SigningKeys(issuer, PAUSE_BETWEEN_KEY_FETCHES, caches);
    environment.lifecycle().manage(issuer);
    environment.lifecycle().manage(keys);
    environment.lifecycle().manage(features.revocations());
    Refusals refusals = new Refusals(features.refusals(), meters);
    Authenticator authenticator =
        new Authenticator(
            new Credentials(
                new TokenVerifier(keys, configuration.auth(), caches, clock), features.apiKeys()),
            features.revocations(),
            features.tenantLookup(),
            features.userLookup(),
            features.accessPolicy(),
            refusals);
    new AccessRules(
            authenticator, new IngestTokens(configuration.auth().ingestTokenList()), refusals)
        .install(environment.jersey());
    SignInFeature signIn = features.signIn(configuration, gateway, issuer, keys);
    environment.jersey().register(signIn.signInResource());
    environment.jersey().register(signIn.sessionResource());
  }
}
