package io.platformapi.service.quota.reservation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.usage.LedgerCall;
import io.platformapi.service.usage.SettlementKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What somebody holds, or held, of quotas.
 *
 * @param requestId the gateway's {@code litellm_call_id} of the call; of one open reservation only
 * @param createdAt microseconds
 * @param endedAt null while it is open
 * @param endedBy who ended it, or null: time, or a usage event
 * @param settledBy null unless it is settled
 * @param told whether a usage event has told what the call used, though it may not be over
 * @param actual what was used, or null unless it is settled
 */
public record Reservation(
    UUID id,
    String requestId,
    ReservationState state,
    Instant createdAt,
    String createdBy,
    Instant expiresAt,
    Instant endedAt,
    String endedBy,
    SettledBy settledBy,
    boolean told,
    Subject subject,
    QuotaAmounts estimates,
    QuotaAmounts actual,
    List<Hold> holds) {

  public Reservation {
    holds = List.copyOf(holds);
  }

  public boolean open() {
    return state == ReservationState.OPEN;
  }

  /** Whether it is of storage or seats, which no call uses up. */
  public boolean ofLevels() {
    return estimates.levelsOnly();
  }

  /** Whether it is over its time, and holds only because nobody has looked. */
  public boolean overdue(Instant now) {
    return open() && !now.isBefore(expiresAt);
  }

  /** Settled by its caller; by the event that came first if there was one. */
  public Reservation settled(QuotaAmounts used, String actor, Instant now) {
    SettledBy by = told ? SettledBy.EVENT : SettledBy.CALLER;
    return with(ReservationState.SETTLED, now, actor, by, told, used);
  }

  /** Settled by a usage event, also in the place of the caller's settlement. */
  public Reservation settledByEvent(QuotaAmounts used, Instant now) {
    return with(
        ReservationState.SETTLED,
        endedAt == null ? now : endedAt,
        endedBy,
        SettledBy.EVENT,
        true,
        used);
  }

  /** With an event that told what the call used before it was over. */
  public Reservation withEvent() {
    return with(state, endedAt, endedBy, settledBy, true, actual);
  }

  public Reservation released(String actor, Instant now) {
    return with(ReservationState.RELEASED, now, actor, null, told, null);
  }

  public Reservation expired(Instant now) {
    return with(ReservationState.EXPIRED, now, null, null, told, null);
  }

  private Reservation with(
      ReservationState next,
      Instant at,
      String actor,
      SettledBy by,
      boolean nowTold,
      QuotaAmounts used) {
    return new Reservation(
        id, requestId, next, createdAt, createdBy, expiresAt, at, actor, by, nowTold, subject,
        estimates, used, holds);
  }

  /** What it holds. */
  public List<BalanceChange> taken() {
    return holds.stream().map(hold -> held(hold, hold.amount())).toList();
  }

  /** What goes back when it ends. */
  public List<BalanceChange> freed() {
    return holds.stream().map(hold -> held(hold, -hold.amount())).toList();
  }

  private static BalanceChange held(Hold hold, long amount) {
    return new BalanceChange(hold.key(), null, 0, amount);
  }

  /** Names its settlement, whether there is one or not. */
  public SettlementKey settlement() {
    return new SettlementKey(createdAt, id);
  }

  /** What the ledger posts for it when it is settled by its caller: in the hour it was made. */
  public LedgerCall call() {
    return new LedgerCall(
        new UsageRecord(
            id,
            requestId,
            null,
            CallStatus.SUCCESS,
            false,
            false,
            null,
            createdAt,
            endedAt,
            subject.team(),
            null,
            subject.apiKey(),
            null,
            subject.user(),
            subject.endUser(),
            subject.provider(),
            subject.model(),
            subject.model(),
            actual.inputTokens(),
            actual.outputTokens(),
            Math.addExact(actual.inputTokens(), actual.outputTokens()),
            actual.costNanos()),
        actual.requests(),
        actual.storageBytes(),
        actual.seats());
  }
}
