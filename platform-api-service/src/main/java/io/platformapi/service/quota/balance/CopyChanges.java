package io.platformapi.service.quota.balance;

import java.util.List;

/**
 * What has become of a copy since somebody looked.
 *
 * @param now from where to ask next
 * @param epoch in which balances are kept that are believed, another one when all are made anew;
 *     empty when none is believed now
 * @param whole whether {@code balances} are all that have changed; otherwise anything may have
 */
public record CopyChanges(Place now, String epoch, boolean whole, List<Copied> balances) {

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
