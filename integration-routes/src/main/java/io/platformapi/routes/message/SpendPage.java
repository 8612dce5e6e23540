package io.platformapi.routes.message;

import java.time.Instant;
import java.util.List;

/**
 * Rows that one answer brought and that had not come before.
 *
 * @param rows in the order of the answer
 * @param faults rows that cannot be used
 * @param watermark every row that started before it and that the gateway had when it was asked has
 *     been given out with this page or an earlier one: where a reading can be taken up again once
 *     they are stored
 */
public record SpendPage(List<SpendRow> rows, List<RowFault> faults, Instant watermark) {}
