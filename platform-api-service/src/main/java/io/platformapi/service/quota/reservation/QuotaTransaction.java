package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceNews;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.SettlementKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/**
 * One transaction on a tenant's balances and reservations. What it locked stays as it is for others
 * until it ends; what it changes they see when it is committed.
 */
public interface QuotaTransaction {

  /** Shares the posting lock, locks and reads. Once, before all else. */
  Opened open(Opening opening);

  /**
   * Opens, holds and commits in one step, instead of all else.
   *
   * @throws NotAtOnceException when the quotas are others, a balance is not there or has not room
   *     enough, or an open reservation has one of the request ids
   */
  Held hold(Holding holding);

  /**
   * Opens, settles and commits in one step, instead of all else.
   *
   * @return the changed balances as they are now
   * @throws NotAtOnceException when the quotas are others, a reservation is not as it was made, a
   *     balance is not there, or somebody must be told of one
   */
  List<Balance> settle(Settling settling);

  /**
   * Makes the balances that are not there, from the usage of their windows and what is held. For a
   * transaction that does nothing else but {@link #open} before.
   */
  void make(SortedMap<BalanceKey, Quota> balances, Instant now);

  /**
   * Posts into the ledger, changes balances and reservations, and leaves what is due to be told of
   * them.
   *
   * @param book the present quotas: what others than these hold is no more
   * @return the changed balances as they are now, a rolling one with its sum
   * @throws io.platformapi.service.quota.balance.MissingBalancesException when a balance to be
   *     changed has not been made yet
   * @throws RequestIdsTakenException when open reservations have request ids of new ones
   * @throws ContendedException when somebody else has answered one of the requests meanwhile
   */
  List<Balance> write(Writes writes, QuotaBook book, Instant now);

  /**
   * Marks settlements as taken back by a batch.
   *
   * @return those that were there and were not taken back before
   */
  List<LedgerCall> takeBack(UUID batch, Collection<SettlementKey> settlements);

  /** When the first of the open reservations is over its time, or null when there are none. */
  Instant earliestExpiry();

  /** What there is of these balances, without a lock. */
  Map<BalanceKey, Balance> read(SortedMap<BalanceKey, Quota> balances, Instant now);

  /**
   * Whose balances there are of a quota and window that counts each name for itself, in the order
   * of the names.
   *
   * @param head the balance that stands for all of them
   * @param after those after this one
   */
  List<String> subjects(BalanceKey head, String after, int most);

  /**
   * What has changed since an earlier transaction asked for it, in one statement.
   *
   * @param before what that has seen
   * @param most that are told; when there are more, none is
   */
  BalanceNews news(BalanceNews.Seen before, int most);

  Optional<Reservation> find(UUID id);

  /**
   * Removes reservations that ended before a time, and balances of windows that ended before.
   *
   * @param most of either
   * @return how many reservations, or balances if they were more
   */
  int forget(QuotaBook book, Instant before, int most);
}
