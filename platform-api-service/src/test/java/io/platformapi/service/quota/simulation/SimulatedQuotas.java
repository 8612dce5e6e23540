package io.platformapi.service.quota.simulation;

import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaMode;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.quota.engine.Quotas;
import io.platformapi.service.quota.engine.WindowKind;
import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Quotas of every kind, of which some of the generated calls hit the limits. */
public final class SimulatedQuotas {
  private static final QuotaDimension[] DIMENSIONS = {
    QuotaDimension.INPUT_TOKENS,
    QuotaDimension.OUTPUT_TOKENS,
    QuotaDimension.TOTAL_TOKENS,
    QuotaDimension.REQUESTS,
    QuotaDimension.COST
  };

  private SimulatedQuotas() {}

  public static Collection<Quota> of(Random random, int count) {
    Map<Quota.NaturalKey, Quota> quotas = new LinkedHashMap<>();
    while (quotas.size() < count) {
      QuotaDimension dimension = DIMENSIONS[random.nextInt(DIMENSIONS.length)];
      Quota quota =
          Quotas.quota(
              dimension,
              selector(random),
              window(random),
              limit(random, dimension),
              random.nextInt(4) == 0 ? QuotaMode.WARN : QuotaMode.ENFORCE);
      quotas.put(quota.naturalKey(), quota);
    }
    return quotas.values();
  }

  private static long limit(Random random, QuotaDimension dimension) {
    long calls = 5 + random.nextInt(40);
    return switch (dimension) {
      case INPUT_TOKENS, TOTAL_TOKENS -> calls * 2500;
      case OUTPUT_TOKENS -> calls * 500;
      case COST -> calls * 5_000_000_000L;
      default -> calls;
    };
  }

  private static QuotaSelector selector(Random random) {
    Map<LedgerScope, String> values = new EnumMap<>(LedgerScope.class);
    put(random, values, LedgerScope.TEAM, "team-1");
    put(random, values, LedgerScope.USER, "user-3");
    put(random, values, LedgerScope.API_KEY, "hash-1");
    put(random, values, LedgerScope.MODEL, "group-1");
    return QuotaSelector.of(values);
  }

  private static void put(
      Random random, Map<LedgerScope, String> values, LedgerScope scope, String name) {
    if (random.nextInt(4) == 0) {
      values.put(scope, random.nextInt(3) == 0 ? name : QuotaSelector.EACH);
    }
  }

  private static QuotaWindow window(Random random) {
    WindowKind kind = WindowKind.values()[random.nextInt(WindowKind.values().length)];
    if (kind == WindowKind.ROLLING) {
      return QuotaWindow.rolling(Duration.ofMinutes(1 + random.nextInt(60 * 6)));
    }
    return new QuotaWindow(
        kind,
        kind.anchored() && random.nextBoolean() ? ZoneId.of("Asia/Kathmandu") : QuotaWindow.UTC,
        kind.anchored() ? random.nextInt(24) : 0,
        kind == WindowKind.WEEK || kind == WindowKind.MONTH ? 1 + random.nextInt(7) : 1,
        Duration.ZERO);
  }
}
