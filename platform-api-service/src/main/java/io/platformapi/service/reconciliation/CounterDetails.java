package io.platformapi.service.reconciliation;

import io.platformapi.service.http.Money;
import java.time.Instant;

/**
 * A counter of the gateway beside both books as it is told. Figures are decimal numbers of the
 * unit; those of the books are null where the counter cannot be compared.
 *
 * @param scope whose it is: {@code tenant}, {@code team}, {@code api_key}, or another word of the
 *     gateway's
 * @param unit the currency, {@code tokens} or {@code requests}
 * @param counter as the gateway told it
 * @param gateway what the gateway's own rows sum up to
 * @param gatewayLeast of the rows, what the counter must have
 * @param gatewayMost of the rows, what it can have
 * @param ledger what the ledger sums up to
 * @param drift counter less gateway
 * @param reason why it is not compared, or null
 */
public record CounterDetails(
    String scope,
    String scopeId,
    String dimension,
    String unit,
    Instant toldAt,
    Instant windowStart,
    Instant windowEnd,
    String counter,
    String gateway,
    String gatewayLeast,
    String gatewayMost,
    String ledger,
    String drift,
    String verdict,
    String reason) {

  static CounterDetails of(ComparedCounter counter, String currency) {
    boolean money = counter.dimension() == CounterDimension.COST;
    Figures figures = new Figures(money, currency);
    return new CounterDetails(
        counter.scope(),
        counter.scopeId(),
        counter.dimension().wire(),
        figures.unit(counter.dimension()),
        counter.toldAt(),
        counter.start(),
        counter.end(),
        figures.text(counter.told()),
        figures.text(counter.rows()),
        figures.text(counter.least()),
        figures.text(counter.most()),
        figures.text(counter.ledger()),
        counter.rows() == null
            ? null
            : figures.text(Math.subtractExact(counter.told(), counter.rows())),
        counter.verdict().wire(),
        counter.reason() == null ? null : counter.reason().wire());
  }

  private record Figures(boolean money, String currency) {
    String unit(CounterDimension dimension) {
      if (money) {
        return currency;
      }
      return dimension == CounterDimension.REQUESTS ? "requests" : "tokens";
    }

    String text(Long figure) {
      if (figure == null) {
        return null;
      }
      return money ? Money.ofNanos(figure, currency).amount() : figure.toString();
    }
  }
}
