package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceSql;
import java.sql.SQLException;
import java.util.Set;

/** What transactions in one round trip have in common. */
final class AtOnce {
  /** Fails when the quotas are not of a version. */
  static final String SAME_VERSION = "SELECT 1 / (version = ?)::int FROM quota_set";

  /** Something is not so, a request id is taken, or a number does not fit. */
  private static final Set<String> IN_THE_WAY = Set.of(BalanceSql.NOT_SO, "23505", "22003");

  private AtOnce() {}

  /**
   * @return the failure, unless it is one of another kind
   * @throws NotAtOnceException when something was in the way
   */
  static SQLException failure(SQLException e) {
    if (IN_THE_WAY.contains(e.getSQLState())) {
      throw new NotAtOnceException("not all as it was hoped to be", e);
    }
    return e;
  }
}
