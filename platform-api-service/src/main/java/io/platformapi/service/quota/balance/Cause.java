package io.platformapi.service.quota.balance;

/**
 * What an event about a balance comes from.
 *
 * @param correlationId of a batch, a reservation, or a refused request
 */
public record Cause(String correlationId, String actor) {

  /** What comes from usage. */
  public static Cause ofLedger(Object correlationId) {
    return new Cause(correlationId.toString(), "ledger");
  }
}
