package io.platformapi.service.user;

import io.platformapi.service.auth.Caller;
import java.util.Collection;
import java.util.Set;

/** What users need to know of the tenant's roles, which are kept elsewhere. */
public interface RoleBook {

  /**
   * Those of the names that no role of the tenant has, as stored now; called inside a transaction
   * on the tenant's database.
   */
  Set<String> unknown(String tenantId, Collection<String> names);

  /** Whether the caller may say who has these roles, which may be unknown ones. */
  boolean mayAssign(Caller caller, Collection<String> names);
}
