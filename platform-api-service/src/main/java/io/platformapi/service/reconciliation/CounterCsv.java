package io.platformapi.service.reconciliation;

import io.platformapi.service.http.CsvWriter;
import java.io.IOException;

/** Counters of a run as CSV. */
final class CounterCsv {
  static final String[] HEADER = {
    "scope",
    "scopeId",
    "dimension",
    "unit",
    "toldAt",
    "windowStart",
    "windowEnd",
    "counter",
    "gateway",
    "gatewayLeast",
    "gatewayMost",
    "ledger",
    "drift",
    "verdict",
    "reason"
  };

  private CounterCsv() {}

  static void write(CsvWriter csv, CounterDetails counter) throws IOException {
    csv.text(counter.scope())
        .text(counter.scopeId())
        .text(counter.dimension())
        .text(counter.unit())
        .time(counter.toldAt())
        .time(counter.windowStart())
        .time(counter.windowEnd())
        .text(counter.counter())
        .text(counter.gateway())
        .text(counter.gatewayLeast())
        .text(counter.gatewayMost())
        .text(counter.ledger())
        .text(counter.drift())
        .text(counter.verdict())
        .text(counter.reason())
        .end();
  }
}
