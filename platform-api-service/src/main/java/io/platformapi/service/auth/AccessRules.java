package io.platformapi.service.auth;

import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.jersey.setup.JerseyEnvironment;

/** Puts authentication and permissions in force for every endpoint. */
public final class AccessRules {
  private final AccessFeature feature;

  public AccessRules(Authenticator authenticator, IngestTokens ingestTokens, Refusals refusals) {
    this.feature = new AccessFeature(authenticator, ingestTokens, refusals);
  }

  /** Also lets resources take the caller as {@code @Auth Caller}. */
  public void install(JerseyEnvironment jersey) {
    jersey.register(feature);
    jersey.register(new AuthValueFactoryProvider.Binder<>(Caller.class));
  }
}
