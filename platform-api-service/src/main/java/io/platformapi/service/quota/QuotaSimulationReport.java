package io.platformapi.service.quota;

import io.platformapi.service.http.Money;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * What a set of quotas would have refused of the calls of a period.
 *
 * @param from inclusive
 * @param to exclusive
 * @param examined calls that were decided
 * @param refused those that would have been refused
 * @param used what all of them used
 * @param saved what the refused ones used
 * @param quotas those that refuse, the one that refuses most first
 * @param subjects of each scope those with the most refused calls
 * @param calls the first refused ones, in order of time
 */
public record QuotaSimulationReport(
    Instant from,
    Instant to,
    long examined,
    long refused,
    Sum used,
    Sum saved,
    List<RefusingQuota> quotas,
    List<RefusedSubject> subjects,
    List<RefusedCall> calls) {

  /** Calls added up. */
  public record Sum(
      long inputTokens, long outputTokens, long totalTokens, long requests, Money cost) {}

  /**
   * @param item place in the request, from 0
   * @param refused calls that it refuses, be it alone or with others
   * @param named calls for which it would have been named
   */
  public record RefusingQuota(
      int item,
      String dimension,
      Object scope,
      Object window,
      Object limit,
      long refused,
      long named,
      Instant firstRefusedAt,
      Instant lastRefusedAt) {}

  /**
   * @param scope {@code team}, {@code user}, {@code end_user}, {@code api_key}, {@code provider} or
   *     {@code model}
   * @param id null for all together whose names were too many to be told apart
   * @param saved cost of its refused calls
   */
  public record RefusedSubject(
      String scope, String id, long refused, Money saved, Instant firstRefusedAt) {}

  /** One call; its names as the ledger has them, null where there is none. */
  public record RefusedCall(
      Instant at,
      UUID eventId,
      String callId,
      CallSubject subject,
      String provider,
      String model,
      Money cost,
      List<Reason> refusedBy) {}

  /**
   * Why a quota refuses; amounts are whole numbers, or money for cost.
   *
   * @param item place in the request, from 0
   * @param granted what grants add to the limit in this window
   * @param resetAt end of the window, or null when it has none
   */
  public record Reason(
      int item, Object requested, Object granted, Object remaining, Instant resetAt) {}
}
