package io.platformapi.service.usage;

import io.platformapi.service.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** Names an account within a tenant. */
record AccountKey(LedgerScope scope, String key) implements Comparable<AccountKey> {
  private static final Comparator<AccountKey> ORDER =
      Comparator.comparing(AccountKey::scope).thenComparing(AccountKey::key);

  /**
   * The account of a name as it came. One that is too long for an index stands as its digest: some
   * names are the caller's choice, and a call must not escape the meter by a long one.
   */
  static AccountKey of(LedgerScope scope, String name) {
    // A char is at least one octet and at most three.
    boolean fits =
        name.length() <= LedgerScope.MAX_NAME_OCTETS / 3
            || name.getBytes(StandardCharsets.UTF_8).length <= LedgerScope.MAX_NAME_OCTETS;
    return new AccountKey(scope, fits ? name : "sha256:" + Sha256.hex(name));
  }

  @Override
  public int compareTo(AccountKey other) {
    return ORDER.compare(this, other);
  }
}
