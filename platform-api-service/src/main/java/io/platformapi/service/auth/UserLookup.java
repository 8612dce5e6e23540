package io.platformapi.service.auth;

import java.util.Optional;

/**
 * Finds the user of a request; asked on every request, so it answers from memory. Both methods
 * throw {@link io.platformapi.service.persistence.DatabaseUnavailableException} when the answer is
 * neither remembered nor to be had now.
 */
public interface UserLookup {

  /**
   * The user whose tokens carry a subject, also one that may not act. Where the tenant allows it, a
   * person that is not known becomes a user.
   */
  Optional<UserView> ofSubject(TenantView tenant, Holder holder);

  /** The user of that id, also one that may not act. */
  Optional<UserView> byId(TenantView tenant, String userId);

  /**
   * Who holds a token.
   *
   * @param subject {@code sub}
   * @param person whether it is somebody, and no service that speaks for itself
   * @param requestId correlation id of the request
   */
  record Holder(String subject, boolean person, String requestId) {}
}
