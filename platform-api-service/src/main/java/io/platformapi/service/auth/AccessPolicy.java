package io.platformapi.service.auth;

/** Tells what the policy lets somebody do; asked on every request, so it answers from memory. */
@FunctionalInterface
public interface AccessPolicy {

  /**
   * What the policy, as it is now, lets the asker do with resources of the permission's type.
   *
   * @param permission one that has a scope
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the policy is not
   *     known well enough: nothing may be allowed then
   */
  Rights of(Asker asker, Permission permission);
}
