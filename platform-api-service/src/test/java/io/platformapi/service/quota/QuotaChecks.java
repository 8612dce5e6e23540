package io.platformapi.service.quota;

import io.platformapi.service.quota.balance.BalanceVerifier;
import io.platformapi.service.quota.engine.QuotaBook;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Verifies the balances of a tenant, straight in its database. */
public final class QuotaChecks {
  private QuotaChecks() {}

  /** What is wrong, a line each; empty when every balance is right. */
  public static List<String> findings(Connection connection, Instant now) throws SQLException {
    QuotaSet set = new QuotaSql().read(connection);
    QuotaBook book = new QuotaBook(set.version(), set.failMode(), set.quotas());
    return new BalanceVerifier().findings(connection, book, now);
  }
}
