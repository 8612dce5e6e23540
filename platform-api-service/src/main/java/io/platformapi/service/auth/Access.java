package io.platformapi.service.auth;

import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.ResourceNotFoundException;
import io.platformapi.service.problem.UnauthenticatedException;

/**
 * What one request may do with single resources, by the permission of its endpoint. Whatever is
 * refused here is in the audit log when the caller reads its answer.
 */
public interface Access {

  /**
   * Rows that a list may show.
   *
   * @throws ForbiddenException when the policy says too much about single resources for a list
   */
  RowFilter rows(RowColumns columns);

  /**
   * Asks about a resource that is there.
   *
   * @param what kind of thing, for the message
   * @throws ResourceNotFoundException when it may not be read either: no list shows it
   * @throws ForbiddenException when it may be read
   */
  void checkPresent(String what, ResourceView resource);

  /**
   * Asks about a resource as it would be after the work.
   *
   * @throws ForbiddenException when it is not allowed
   */
  void checkWanted(ResourceView resource);

  /**
   * Whether the same state of the policy would allow it by another permission, too, for work that
   * needs two. Asking refuses nothing.
   */
  boolean allows(Permission other, ResourceView resource);

  /** A refusal for a reason that the policy does not know of. */
  ForbiddenException refuse(Reason reason, String message);

  /** A refusal of the credential itself, which has ended since it was taken. */
  UnauthenticatedException refuseCredential(String message);
}
