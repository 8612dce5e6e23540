package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.platformapi.service.http.Money;

/**
 * Payload of the event {@code quota.updated}.
 *
 * @param usage what the tenant has used this month
 * @param budget the tenant's limit on the month's cost with what grants add to it, or null
 */
record QuotaUpdated(String tenantId, Usage usage, Money budget) {

  record Usage(UsageReport.Window window, @JsonUnwrapped UsageTotals totals) {}
}
