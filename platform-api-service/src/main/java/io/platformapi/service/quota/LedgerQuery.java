package io.platformapi.service.quota;

import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.UUID;

/**
 * Which postings are asked for; each part null when it does not matter.
 *
 * @param from earliest time of posting
 * @param to first time of posting that is too late
 * @param source who told of the usage
 */
record LedgerQuery(
    Account account, Event event, String source, Instant from, Instant to, UUID batch) {

  /**
   * @param key empty for the source of the scope
   */
  record Account(LedgerScope scope, String key) {}

  /**
   * A call, by the gateway's id of it, which several attempts may share, or by the id of its usage
   * event.
   *
   * @param eventId null when the text is none
   */
  record Event(String callId, UUID eventId) {}
}
