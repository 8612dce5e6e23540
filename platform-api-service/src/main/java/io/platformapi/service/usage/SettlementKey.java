package io.platformapi.service.usage;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * Names a usage event, such as a settlement.
 *
 * @param startedAt when the call started, or was reserved; microseconds
 * @param id of the event, or of the reservation
 */
public record SettlementKey(Instant startedAt, UUID id) implements Comparable<SettlementKey> {
  private static final Comparator<SettlementKey> ORDER =
      Comparator.comparing(SettlementKey::startedAt).thenComparing(SettlementKey::id);

  @Override
  public int compareTo(SettlementKey other) {
    return ORDER.compare(this, other);
  }
}
