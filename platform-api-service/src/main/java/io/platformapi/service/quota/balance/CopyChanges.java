package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import java.util.List;

/**
 * What has become of a copy since somebody looked.
 *
 * @param now from where to ask next
 * @param whole whether {@code balances} are all that have changed; otherwise anything may have
 */
public record CopyChanges(Place now, boolean whole, List<Balance> balances) {

  /**
   * A place in what is told of a tenant's changes.
   *
   * @param feed which is another one when changes may be missing
   * @param number of the last change that is known
   */
  public record Place(String feed, long number) {

    /** Of who has not looked yet. */
    public static final Place NONE = new Place("", 0);
  }
}
