package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.engine.Balance;
import java.util.List;

/**
 * What became of a group of requests.
 *
 * @param outcomes in the order of the requests
 * @param changed balances as they are now
 */
record Done(List<Outcome> outcomes, List<Balance> changed) {}
