package io.platformapi.service.quota;

import io.platformapi.service.http.CsvWriter;
import java.io.IOException;

/** The ledger as comma-separated values: a row for each posting. */
final class LedgerCsv {
  static final String[] HEADER = {
    "batchId",
    "postedAt",
    "source",
    "scope",
    "key",
    "label",
    "bucket",
    "inputTokens",
    "outputTokens",
    "cachedInputTokens",
    "cachedOutputTokens",
    "requestsSucceeded",
    "requestsFailed",
    "requestsCached",
    "cost",
    "currency",
    "storageBytes",
    "seats"
  };

  private LedgerCsv() {}

  static void write(CsvWriter csv, LedgerEntry entry) throws IOException {
    LedgerEntry.Posted amounts = entry.amounts();
    csv.text(entry.batchId().toString())
        .time(entry.postedAt())
        .text(entry.source())
        .text(entry.account().scope())
        .text(entry.account().key())
        .text(entry.account().label())
        .time(entry.bucket())
        .number(amounts.inputTokens())
        .number(amounts.outputTokens())
        .number(amounts.cachedInputTokens())
        .number(amounts.cachedOutputTokens())
        .number(amounts.requestsSucceeded())
        .number(amounts.requestsFailed())
        .number(amounts.requestsCached())
        .money(amounts.cost())
        .text(amounts.cost().currency())
        .number(amounts.storageBytes())
        .number(amounts.seats())
        .end();
  }
}
