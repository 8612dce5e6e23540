package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Headroom;
import io.platformapi.service.quota.engine.QuotaBook;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/**
 * Reservations that are settled together, all of them or none.
 *
 * @param book must be of the present version
 * @param now the time that windows are seen from
 * @param posting what they post
 * @param changes of balances
 * @param balances all that are changed: each must be there, and stand so that nobody need be told
 *     of it
 * @param settled as they are to be; each must be open, and no usage event may have told of it
 */
public record Settling(
    QuotaBook book,
    Instant now,
    Posting posting,
    List<BalanceChange> changes,
    SortedMap<BalanceKey, Headroom> balances,
    List<Reservation> settled) {}
