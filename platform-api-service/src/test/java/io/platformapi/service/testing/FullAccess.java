package io.platformapi.service.testing;

import io.platformapi.service.auth.Access;
import io.platformapi.service.auth.AuthAudit.Reason;
import io.platformapi.service.auth.Permission;
import io.platformapi.service.auth.ResourceView;
import io.platformapi.service.auth.RowColumns;
import io.platformapi.service.auth.RowFilter;
import io.platformapi.service.problem.ForbiddenException;
import io.platformapi.service.problem.UnauthenticatedException;

/**
 * May do everything, for tests without callers.
 *
 * @param visible what lists may show
 */
public record FullAccess(RowFilter visible) implements Access {

  public FullAccess() {
    this(RowFilter.ALL);
  }

  @Override
  public RowFilter rows(RowColumns columns) {
    return visible;
  }

  @Override
  public void checkPresent(String what, ResourceView resource) {}

  @Override
  public void checkWanted(ResourceView resource) {}

  @Override
  public boolean allows(Permission other, ResourceView resource) {
    return true;
  }

  @Override
  public ForbiddenException refuse(Reason reason, String message) {
    return new ForbiddenException(message);
  }

  @Override
  public UnauthenticatedException refuseCredential(String message) {
    return new UnauthenticatedException(true, message);
  }
}
