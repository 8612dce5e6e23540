package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.QuotaState;
import java.util.List;

/**
 * A reservation that was made.
 *
 * @param states the quotas that count it, after it has taken its part
 */
public record Grant(Reservation reservation, List<QuotaState> states) {}
