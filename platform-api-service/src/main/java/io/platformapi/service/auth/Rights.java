package io.platformapi.service.auth;

/** What the policy, at one moment, lets one asker do with resources of one type. */
public interface Rights {

  /** Whether there may be a resource that it is allowed on. */
  Ruling atAll();
}
