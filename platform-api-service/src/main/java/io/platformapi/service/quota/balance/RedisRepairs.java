package io.platformapi.service.quota.balance;

import io.platformapi.service.quota.engine.Balance;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells the copy in Redis what has changed in the tenants' databases.
 *
 * <p>A tenant's place stands beside its balances, so that a Redis which has fallen back to an
 * earlier state is told all since; one that has lost the place begins anew, with balances of
 * another epoch. That it is believed is a key which goes by itself.
 */
public final class RedisRepairs implements CopyRepairs {
  private final RedisBalances copy;
  private final RedisCalls.Kind places;
  private final RedisCalls.Kind repairs;
  private final long life;

  /**
   * @param life for how long a copy is believed to which nothing is told
   */
  public RedisRepairs(RedisCalls calls, RedisBalances copy, Duration life) {
    this.copy = copy;
    this.places = calls.kind("place");
    this.repairs = calls.kind("repair");
    this.life = life.toMillis();
  }

  @Override
  public Map<String, Boolean> asked() {
    return copy.asked();
  }

  @Override
  public Optional<CopyPlace> place(String tenantId) {
    List<String> keys = List.of(BalanceText.place(tenantId), BalanceText.believed(tenantId));
    return places
        .ask(redis -> (List<?>) BalanceScripts.PLACE.run(redis, keys, List.of()))
        .map(
            answer ->
                CopyPlace.read(
                    (String) answer.get(0),
                    Long.parseLong((String) answer.get(2)),
                    (Long) answer.get(1) == 1));
  }

  @Override
  public Optional<Integer> advance(String tenantId, CopyPlace from, BalanceNews news) {
    String turn = UUID.randomUUID().toString();
    String epoch = news.whole() ? from.epoch() : newEpoch();
    Step last =
        new Step(
            CopyPlace.text(epoch, from.asked(), turn, news.now()),
            epoch + "|" + turn,
            Long.toString(from.asked() + life));
    if (!news.whole()) {
      return step(tenantId, from.text(), last, List.of());
    }
    // From the first step on what was read of the database before is not taken any more.
    Step before = new Step(from.taken(turn), epoch + "|" + turn, "");
    List<Balance> balances = news.balances();
    String present = from.text();
    int repaired = 0;
    int at = 0;
    while (balances.size() - at > RedisBalances.MOST_AT_ONCE) {
      int to = at + RedisBalances.MOST_AT_ONCE;
      Optional<Integer> some = step(tenantId, present, before, balances.subList(at, to));
      if (some.isEmpty() || some.get() == OVERTAKEN) {
        return some;
      }
      repaired += some.get();
      present = before.place;
      at = to;
    }
    int others = repaired;
    return step(tenantId, present, last, balances.subList(at, balances.size()))
        .map(some -> some == OVERTAKEN ? OVERTAKEN : some + others);
  }

  /**
   * @param place where it is afterwards
   * @param believed which epoch is, and by whose turn
   * @param until when, empty to leave that as it is
   */
  private record Step(String place, String believed, String until) {}

  private Optional<Integer> step(
      String tenantId, String present, Step step, List<Balance> balances) {
    List<String> keys = new ArrayList<>(balances.size() + 3);
    List<String> arguments = new ArrayList<>(balances.size() + 7);
    arguments.addAll(
        List.of(
            copy.newFeed(),
            Long.toString(life),
            present,
            step.place,
            step.believed,
            step.until,
            Long.toString(copy.kept())));
    for (Balance balance : balances) {
      keys.add(BalanceText.key(tenantId, balance.key()));
      arguments.add(BalanceText.told(balance));
    }
    keys.add(BalanceText.feed(tenantId));
    keys.add(BalanceText.place(tenantId));
    keys.add(BalanceText.believed(tenantId));
    return repairs
        .ask(redis -> (Long) BalanceScripts.ADVANCE.run(redis, keys, arguments))
        .map(Long::intValue);
  }

  /** Short: each balance has it. */
  private static String newEpoch() {
    long bits = UUID.randomUUID().getMostSignificantBits();
    return new BigInteger(Long.toUnsignedString(bits)).toString(Character.MAX_RADIX);
  }
}
