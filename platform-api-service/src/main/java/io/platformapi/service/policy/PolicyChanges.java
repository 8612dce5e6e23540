package io.platformapi.service.policy;

import java.util.function.Supplier;

/** What must happen around a transaction that changes a tenant's policy. */
interface PolicyChanges {

  /**
   * Runs the transaction; when this returns, no decision of this node is made by the policy before
   * it, and other nodes learn of it.
   */
  <T> T around(String tenantId, Supplier<T> transaction);
}
