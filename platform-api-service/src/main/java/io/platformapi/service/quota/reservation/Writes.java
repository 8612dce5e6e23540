package io.platformapi.service.quota.reservation;

import io.platformapi.service.http.IdempotentRequest;
import io.platformapi.service.quota.balance.Cause;
import io.platformapi.service.quota.engine.BalanceChange;
import io.platformapi.service.quota.engine.QuotaState;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/**
 * What a transaction changes.
 *
 * @param posting what is posted into the ledger, before all else
 * @param cause what others are told it comes from
 * @param changes of balances
 * @param refused quotas that have refused a request, as it found them: others may have to be told
 * @param made new reservations
 * @param ended reservations that were locked, as they are now
 * @param answers to be given again to those who repeat a request
 */
public record Writes(
    Posting posting,
    Cause cause,
    List<BalanceChange> changes,
    List<QuotaState> refused,
    List<Reservation> made,
    List<Reservation> ended,
    Map<IdempotentRequest, Response> answers) {

  /** Nothing is posted. */
  public Writes(
      Cause cause,
      List<BalanceChange> changes,
      List<QuotaState> refused,
      List<Reservation> made,
      List<Reservation> ended,
      Map<IdempotentRequest, Response> answers) {
    this(Posting.NOTHING, cause, changes, refused, made, ended, answers);
  }
}
