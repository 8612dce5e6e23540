package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.usage.SettlementKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What usage events do to the reservations of their calls.
 *
 * <p>The call that succeeds settles its reservation. A failure does not, for it may be tried again;
 * but what it has used stands in the book, so a later word of the caller's is not posted. An event
 * that tells of usage takes the place of a settlement that came before it: the call counts once,
 * and as the gateway says.
 *
 * @param changed reservations as they are now, in the order of their ids
 * @param freed what they no longer hold
 * @param replaced settlements whose place events have taken
 */
public record EventMatch(
    List<Reservation> changed, List<BalanceChange> freed, List<SettlementKey> replaced) {

  /** The first to be asked: what waits for its event, in the order in which it was reserved. */
  private static final Comparator<Reservation> ORDER =
      Comparator.<Reservation, Boolean>comparing(r -> r.state() == ReservationState.EXPIRED)
          .thenComparing(Reservation::createdAt)
          .thenComparing(Reservation::id);

  /**
   * @param found reservations with the calls' ids as request ids
   * @param fresh calls that have not been posted before
   */
  public static EventMatch of(Collection<Reservation> found, List<UsageRecord> fresh, Instant now) {
    Map<UUID, Reservation> current = new HashMap<>();
    Map<String, List<UUID>> ofCall = new HashMap<>();
    found.stream()
        .sorted(ORDER)
        .forEach(
            reservation -> {
              current.put(reservation.id(), reservation);
              ofCall
                  .computeIfAbsent(reservation.requestId(), first -> new ArrayList<>())
                  .add(reservation.id());
            });
    Map<UUID, Reservation> changed = new LinkedHashMap<>();
    List<BalanceChange> freed = new ArrayList<>();
    List<SettlementKey> replaced = new ArrayList<>();
    for (UsageRecord call : fresh) {
      ofCall.getOrDefault(call.callId(), List.of()).stream()
          .map(current::get)
          .filter(EventMatch::waits)
          .findFirst()
          .ifPresent(
              before -> {
                Reservation after = after(before, call, now);
                if (!after.equals(before)) {
                  current.put(after.id(), after);
                  changed.put(after.id(), after);
                  if (before.open() && !after.open()) {
                    freed.addAll(before.freed());
                  }
                  if (before.settledBy() == SettledBy.CALLER) {
                    replaced.add(before.settlement());
                  }
                }
              });
    }
    return new EventMatch(
        changed.values().stream().sorted(Comparator.comparing(Reservation::id)).toList(),
        freed,
        replaced);
  }

  /** Whether an event can still change it. */
  private static boolean waits(Reservation reservation) {
    return !reservation.ofLevels()
        && switch (reservation.state()) {
          case OPEN -> true;
          case SETTLED -> reservation.settledBy() == SettledBy.CALLER;
          case EXPIRED -> !reservation.told();
          case RELEASED -> false;
        };
  }

  private static Reservation after(Reservation before, UsageRecord call, Instant now) {
    boolean succeeded = call.status() == CallStatus.SUCCESS;
    boolean telling =
        succeeded || call.inputTokens() > 0 || call.outputTokens() > 0 || call.costNanos() > 0;
    if (!telling) {
      return before;
    }
    return switch (before.state()) {
      case OPEN ->
          succeeded ? before.settledByEvent(QuotaAmounts.of(call), now) : before.withEvent();
      case SETTLED -> before.settledByEvent(QuotaAmounts.of(call), now);
      case EXPIRED, RELEASED -> before.withEvent();
    };
  }
}
