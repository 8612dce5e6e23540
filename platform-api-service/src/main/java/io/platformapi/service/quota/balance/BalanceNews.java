package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import java.util.List;

/**
 * What has changed in a tenant's database between two snapshots.
 *
 * @param now the later one
 * @param whole whether {@code balances} are all that have changed, but for those of rolling
 *     windows; otherwise anything may have, and none is told
 */
public record BalanceNews(Seen now, boolean whole, List<Balance> balances) {

  /**
   * A snapshot of a database, which shows what was committed when it was taken.
   *
   * @param server another one when this run of the server, or this table, is another one
   * @param snapshot as the server writes it
   */
  public record Seen(String server, String snapshot) {

    /** Of who has seen none. */
    public static final Seen NOTHING = new Seen("", "");
  }
}
