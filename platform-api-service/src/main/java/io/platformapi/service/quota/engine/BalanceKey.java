package io.platformapi.service.quota.engine;

import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;

/**
 * Names a balance within a tenant.
 *
 * @param subject empty, or for whom of many it is: see {@link QuotaSelector#EACH}
 * @param window {@link QuotaWindow#id}
 */
public record BalanceKey(UUID quotaId, String subject, Instant window)
    implements Comparable<BalanceKey> {

  /** For every transaction the same: locks are taken in it. */
  private static final Comparator<BalanceKey> ORDER =
      Comparator.comparing(BalanceKey::quotaId)
          .thenComparing(BalanceKey::subject)
          .thenComparing(BalanceKey::window);

  /** The balance that stands for all subjects of its quota and window. */
  public BalanceKey head() {
    return subject.isEmpty() ? this : new BalanceKey(quotaId, "", window);
  }

  @Override
  public int compareTo(BalanceKey other) {
    return ORDER.compare(this, other);
  }
}
