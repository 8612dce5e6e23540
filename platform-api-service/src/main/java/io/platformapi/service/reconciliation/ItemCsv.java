package io.platformapi.service.reconciliation;

import io.platformapi.service.http.CsvWriter;
import java.io.IOException;
import java.util.UUID;

/** Differences as comma-separated values: a row for each call. */
final class ItemCsv {
  static final String[] HEADER = {
    "id",
    "difference",
    "reason",
    "adjustment",
    "status",
    "callId",
    "callStatus",
    "teamId",
    "requestId",
    "gatewayStartedAt",
    "gatewayKeyHash",
    "gatewayModel",
    "gatewayInputTokens",
    "gatewayOutputTokens",
    "gatewayCost",
    "eventId",
    "ledgerStartedAt",
    "ledgerKeyHash",
    "ledgerModel",
    "ledgerInputTokens",
    "ledgerOutputTokens",
    "ledgerCost",
    "inputTokens",
    "outputTokens",
    "cost",
    "currency",
    "batchId",
    "createdAt",
    "decidedAt",
    "decidedBy"
  };

  private ItemCsv() {}

  static void write(CsvWriter csv, ItemDetails item) throws IOException {
    csv.text(item.id().toString())
        .text(item.difference())
        .text(item.reason() == null ? null : item.reason().code())
        .text(item.adjustment())
        .text(item.status())
        .text(item.callId())
        .text(item.callStatus())
        .text(item.teamId())
        .text(item.requestId());
    side(csv, item.gateway());
    csv.text(text(item.eventId()));
    side(csv, item.ledger());
    csv.number(item.inputTokens())
        .number(item.outputTokens())
        .money(item.cost())
        .text(item.cost().currency())
        .text(text(item.batchId()))
        .time(item.createdAt())
        .time(item.decidedAt())
        .text(item.decidedBy())
        .end();
  }

  /** A book that does not know the call leaves its cells empty: that is not zero. */
  private static void side(CsvWriter csv, ItemDetails.Side side) throws IOException {
    if (side == null) {
      for (int cell = 0; cell < 6; cell++) {
        csv.text(null);
      }
      return;
    }
    csv.time(side.startedAt())
        .text(side.keyHash())
        .text(side.model())
        .number(side.inputTokens())
        .number(side.outputTokens())
        .money(side.cost());
  }

  private static String text(UUID id) {
    return id == null ? null : id.toString();
  }
}
