package io.platformapi.service.quota.simulator;

import static io.platformapi.service.quota.simulator.Violation.unless;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.usage.Dimension;
import io.platformapi.service.usage.LedgerScope;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** The ledger must say what the usage events say that count. */
final class Books {
  private final SimulatedDatabase database;

  Books(SimulatedDatabase database) {
    this.database = database;
  }

  void check() {
    Map<String, Map<Dimension, Long>> users = new HashMap<>();
    Map<Dimension, Long> all = new EnumMap<>(Dimension.class);
    for (Posted posted : database.usage.values()) {
      UsageRecord call = posted.call().call();
      Map<Dimension, Long> user =
          users.computeIfAbsent(call.userId(), name -> new EnumMap<>(Dimension.class));
      if (!posted.reversed()) {
        add(posted, user);
        add(posted, all);
      }
    }
    compare(LedgerScope.TENANT, null, all);
    users.forEach((name, sums) -> compare(LedgerScope.USER, name, sums));
  }

  private static void add(Posted posted, Map<Dimension, Long> to) {
    UsageRecord call = posted.call().call();
    to.merge(Dimension.INPUT_TOKENS, call.inputTokens(), Long::sum);
    to.merge(Dimension.OUTPUT_TOKENS, call.outputTokens(), Long::sum);
    to.merge(Dimension.COST_NANOS, call.costNanos(), Long::sum);
    to.merge(Dimension.SEATS, posted.call().seats(), Long::sum);
    to.merge(
        call.status() == CallStatus.SUCCESS
            ? Dimension.REQUESTS_SUCCEEDED
            : Dimension.REQUESTS_FAILED,
        posted.call().requests(),
        Long::sum);
  }

  private void compare(LedgerScope scope, String name, Map<Dimension, Long> right) {
    for (Dimension dimension : Dimension.values()) {
      long sum = right.getOrDefault(dimension, 0L);
      for (long told : database.ledger.sums(scope, name, dimension)) {
        unless(told == sum, Invariant.COUNTERS, scope, name, dimension, "is", told, "not", sum);
      }
    }
  }
}
