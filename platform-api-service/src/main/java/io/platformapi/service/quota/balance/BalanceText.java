package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Told;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Balances as Redis holds them, and the script by which it keeps the newer of two. */
final class BalanceText {

  /**
   * Puts each value in the place of one of a lower version, or of what is none. Something that
   * would never go is none either.
   */
  static final String KEEP_NEWER =
      """
      for i, key in ipairs(KEYS) do
        local new = ARGV[i + 1]
        local old = redis.pcall('GET', key)
        local version = type(old) == 'string'
          and tonumber(string.match(old, '^(%-?%d+)|%-?%d+|%d+$'))
        if not version
          or version < tonumber(string.match(new, '^%-?%d+'))
          or redis.call('PTTL', key) < 0 then
          redis.call('SET', key, new, 'PX', ARGV[1])
        end
      end
      return #KEYS
      """;

  static final String KEEP_NEWER_SHA = sha1(KEEP_NEWER);

  private static final Pattern VALUE =
      Pattern.compile("(-?[0-9]{1,18})\\|(-?[0-9]{1,19})\\|([0-9]{1,19})");

  private BalanceText() {}

  /**
   * No two balances have the same: no tenant's id has a brace, the id and the window have a fixed
   * form, and the subject is the rest. The braces keep a tenant's balances on one node of a
   * cluster.
   */
  static String key(String tenantId, BalanceKey key) {
    return "platform:balance:{"
        + tenantId
        + "}:"
        + key.quotaId()
        + ":"
        + BalanceSql.micros(key.window())
        + ":"
        + key.subject();
  }

  static String value(Balance balance) {
    return balance.version() + "|" + balance.used() + "|" + balance.held();
  }

  /** Empty for what is no balance. */
  static Optional<Balance> read(BalanceKey key, String value) {
    Matcher parts = value == null ? null : VALUE.matcher(value);
    if (parts == null || !parts.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Balance(
              key,
              Long.parseLong(parts.group(2)),
              Long.parseLong(parts.group(3)),
              Long.parseLong(parts.group(1)),
              Told.NOTHING));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String sha1(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(script.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }
}
