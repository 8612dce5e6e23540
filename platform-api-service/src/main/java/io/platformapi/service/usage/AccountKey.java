package io.platformapi.service.usage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;

/** Names an account within a tenant. */
record AccountKey(LedgerScope scope, String key) implements Comparable<AccountKey> {
  private static final int MAX_OCTETS = 512;
  private static final Comparator<AccountKey> ORDER =
      Comparator.comparing(AccountKey::scope).thenComparing(AccountKey::key);

  /**
   * The account of a name as it came. One that is too long for an index stands as its digest: some
   * names are the caller's choice, and a call must not escape the meter by a long one.
   */
  static AccountKey of(LedgerScope scope, String name) {
    // A char is at least one octet and at most three.
    boolean fits =
        name.length() <= MAX_OCTETS / 3
            || name.getBytes(StandardCharsets.UTF_8).length <= MAX_OCTETS;
    return new AccountKey(scope, fits ? name : digest(name));
  }

  private static String digest(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public int compareTo(AccountKey other) {
    return ORDER.compare(this, other);
  }
}
