package io.platformapi.service.auth;

import io.platformapi.service.problem.ForbiddenException;

/**
 * What the policy, at one moment, lets one asker do with resources of one type, all by one
 * permission.
 */
public interface Rights {

  /** Whether there may be a resource that it is allowed on. */
  Ruling atAll();

  /** Whether it is allowed on this one. */
  Ruling on(ResourceView resource);

  /** Whether the asker may read this one, whatever the permission. */
  boolean sees(ResourceView resource);

  /** Whether another permission would allow it on this one. */
  boolean allows(Permission other, ResourceView resource);

  /**
   * Those that it is allowed on.
   *
   * @throws ForbiddenException when the policy says too much about single ones for a statement
   */
  RowFilter rows(RowColumns columns);
}
