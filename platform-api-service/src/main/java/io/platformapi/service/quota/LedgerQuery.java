package io.platformapi.service.quota;

import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.UUID;

/**
 * Which postings are asked for; each part null when it does not matter.
 *
 * @param from earliest time of posting
 * @param to first time of posting that is too late
 */
record LedgerQuery(Account account, Instant from, Instant to, UUID batch) {

  /**
   * @param key empty for the source of the scope
   */
  record Account(LedgerScope scope, String key) {}
}
