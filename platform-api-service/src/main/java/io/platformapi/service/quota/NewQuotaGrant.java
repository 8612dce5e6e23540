package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Units on top of a quota's limit as a caller wants them.
 *
 * @param amount a whole number from 1, or {@code {amount, currency}} for cost
 * @param subject of a quota that counts each name for itself: whom it is for, by scope; absent for
 *     each of them
 * @param validFrom the present time when absent
 * @param validUntil without end when absent
 * @param priority {@value QuotaRules#DEFAULT_PRIORITY} when absent
 * @param rollover whether what is left stays when a window ends; false when absent
 * @param description empty when absent
 */
public record NewQuotaGrant(
    JsonNode amount,
    JsonNode subject,
    String validFrom,
    String validUntil,
    Integer priority,
    Boolean rollover,
    String description) {}
