package io.platformapi.service.usage;

import io.platformapi.routes.message.UsageRecord;
import java.util.List;

/**
 * One batch of the ledger that brings it to what another book says.
 *
 * @param source who adjusts, and why it may be asked
 * @param calls to be posted; their ids name what they are posted for
 * @param takenBack events to be posted with the opposite sign
 */
public record LedgerAdjustment(
    String source, List<UsageRecord> calls, List<SettlementKey> takenBack) {}
