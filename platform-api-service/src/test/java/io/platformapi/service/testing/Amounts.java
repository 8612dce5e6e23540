package io.platformapi.service.testing;

/** What a set of calls adds up to, in the ledger's dimensions. */
public record Amounts(
    long inputTokens,
    long outputTokens,
    long cachedInputTokens,
    long cachedOutputTokens,
    long succeeded,
    long failed,
    long cached,
    long costNanos) {
  public static final Amounts NONE = new Amounts(0, 0, 0, 0, 0, 0, 0, 0);

  public Amounts plus(Amounts other) {
    return new Amounts(
        inputTokens + other.inputTokens,
        outputTokens + other.outputTokens,
        cachedInputTokens + other.cachedInputTokens,
        cachedOutputTokens + other.cachedOutputTokens,
        succeeded + other.succeeded,
        failed + other.failed,
        cached + other.cached,
        costNanos + other.costNanos);
  }
}
