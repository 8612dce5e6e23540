package io.platformapi.service.quota.simulator;

import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaAmounts;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A quota as the oracle sees it: with arithmetic of its own for who and what it counts, and when.
 *
 * @param team null for any together, {@code *} for each
 * @param seconds length of a rolling window, or 0
 */
record Rule(
    UUID id,
    QuotaDimension dimension,
    String team,
    String user,
    String model,
    WindowKind kind,
    long seconds,
    long limit,
    QuotaMode mode,
    Quota quota) {
  private static final String EACH = "*";
  private static final long MINUTE = 60;
  private static final long HOUR = 3600;
  private static final long DAY = 86_400;
  private static final int SLOTS = 60;

  static Rule of(
      UUID id,
      QuotaDimension dimension,
      String team,
      String user,
      String model,
      WindowKind kind,
      long seconds,
      long limit,
      QuotaMode mode) {
    Map<LedgerScope, String> scopes = new EnumMap<>(LedgerScope.class);
    if (team != null) {
      scopes.put(LedgerScope.TEAM, team);
    }
    if (user != null) {
      scopes.put(LedgerScope.USER, user);
    }
    if (model != null) {
      scopes.put(LedgerScope.MODEL, model);
    }
    QuotaWindow window =
        kind == WindowKind.ROLLING
            ? QuotaWindow.rolling(Duration.ofSeconds(seconds))
            : QuotaWindow.of(kind);
    Quota quota =
        new Quota(
            id, dimension, QuotaSelector.of(scopes), window, limit, mode, List.of(80), 100, "");
    return new Rule(id, dimension, team, user, model, kind, seconds, limit, mode, quota);
  }

  Rule with(long otherLimit, QuotaMode otherMode) {
    return of(id, dimension, team, user, model, kind, seconds, otherLimit, otherMode);
  }

  /** A subject that its balances may have. */
  String someSubject() {
    return subject(
        "red".equals(team) || team == null ? "red" : EACH.equals(team) ? "red" : team,
        "ann",
        "small");
  }

  boolean enforced() {
    return mode == QuotaMode.ENFORCE;
  }

  boolean rolling() {
    return kind == WindowKind.ROLLING;
  }

  boolean level() {
    return dimension == QuotaDimension.SEATS;
  }

  /** The balance's subject, or null when it does not count such a call. */
  String subject(String ofTeam, String ofUser, String ofModel) {
    if (misses(team, ofTeam) || misses(user, ofUser) || misses(model, ofModel)) {
      return null;
    }
    List<String> names = new ArrayList<>(3);
    add(team, ofTeam, names);
    add(user, ofUser, names);
    add(model, ofModel, names);
    return names.size() == 1 ? names.get(0) : String.join("\u001f", names);
  }

  private static boolean misses(String wanted, String name) {
    return wanted != null && (name == null || !wanted.equals(EACH) && !wanted.equals(name));
  }

  private static void add(String wanted, String name, List<String> names) {
    if (EACH.equals(wanted)) {
      names.add(name);
    }
  }

  long amount(QuotaAmounts amounts) {
    return switch (dimension) {
      case INPUT_TOKENS -> amounts.inputTokens();
      case TOTAL_TOKENS -> amounts.inputTokens() + amounts.outputTokens();
      case REQUESTS -> amounts.requests();
      case COST -> amounts.costNanos();
      case SEATS -> amounts.seats();
      default -> throw new IllegalStateException("not simulated: " + dimension);
    };
  }

  /** Start of the window that a time is in; of all rolling ones the epoch. */
  Instant window(Instant at) {
    return switch (kind) {
      case MINUTE -> floor(at, MINUTE);
      case HOUR -> floor(at, HOUR);
      case DAY -> floor(at, DAY);
      case LIFETIME, ROLLING -> Instant.EPOCH;
      default -> throw new IllegalStateException("not simulated: " + kind);
    };
  }

  /** End of the window that starts then. */
  Instant end(Instant window) {
    return switch (kind) {
      case MINUTE -> window.plusSeconds(MINUTE);
      case HOUR -> window.plusSeconds(HOUR);
      case DAY -> window.plusSeconds(DAY);
      default -> Instant.MAX;
    };
  }

  Instant slot(Instant at) {
    return floor(at, Math.max(1, seconds / SLOTS));
  }

  /** The first part of a rolling window that counts at a time. */
  Instant firstSlot(Instant at) {
    return slot(at.minusSeconds(seconds));
  }

  BalanceKey key(String subject, Instant at) {
    return new BalanceKey(id, subject, window(at));
  }

  private static Instant floor(Instant at, long seconds) {
    return Instant.ofEpochSecond(at.getEpochSecond() / seconds * seconds);
  }

  @Override
  public String toString() {
    return "quota %s of %s team=%s user=%s model=%s, %s %d: %s %d"
        .formatted(id, dimension, team, user, model, kind, seconds, mode, limit);
  }
}
