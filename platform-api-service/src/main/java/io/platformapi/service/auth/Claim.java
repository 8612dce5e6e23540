package io.platformapi.service.auth;

import java.util.Optional;

/**
 * What is known so far of who asks for what, while it is judged.
 *
 * @param identity what the credential says
 * @param tenant tenant that the request is for, or null
 * @param user user that the request is of, or null
 * @param attempt what is called
 */
record Claim(Identity identity, TenantView tenant, UserView user, Attempt attempt) {

  static Claim of(Identity identity, Attempt attempt) {
    return new Claim(identity, null, null, attempt);
  }

  Claim forTenant(Optional<TenantView> found) {
    return new Claim(identity, found.orElse(null), user, attempt);
  }

  Claim by(Optional<UserView> found) {
    return new Claim(identity, tenant, found.orElse(null), attempt);
  }

  /** The tenant, if it can be used now. */
  Optional<TenantView> activeTenant() {
    return Optional.ofNullable(tenant)
        .filter(present -> present.state() == TenantView.State.ACTIVE);
  }
}
