package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.QuotaAmounts;

/** What somebody asks about, without wishing to hold it. */
public record Checked(Subject subject, QuotaAmounts estimates) {}
