package io.platformapi.service.usage;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.UsageRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;

/** Calls of every kind, made from a seed. */
public final class GeneratedCalls {
  private static final Instant START = Instant.parse("2026-10-31T20:00:00Z");
  private static final int SPREAD_SECONDS = 8 * 3600;

  private final Random random;

  public GeneratedCalls(long seed) {
    this.random = new Random(seed);
  }

  public List<UsageRecord> calls(int count) {
    List<UsageRecord> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      calls.add(call());
    }
    return calls;
  }

  /** So many calls in the order in which they started. */
  public List<UsageRecord> inOrder(int count) {
    return calls(count).stream()
        .sorted(Comparator.comparing(UsageRecord::startedAt).thenComparing(UsageRecord::eventId))
        .toList();
  }

  /** The calls cut into batches, some of them twice, within a batch and between batches. */
  public List<List<UsageRecord>> deliveries(List<UsageRecord> calls, int batches) {
    List<List<UsageRecord>> deliveries = new ArrayList<>();
    for (int i = 0; i < batches; i++) {
      deliveries.add(new ArrayList<>());
    }
    for (UsageRecord call : calls) {
      int times = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
      for (int i = 0; i < times; i++) {
        deliveries.get(random.nextInt(batches)).add(call);
      }
    }
    deliveries.forEach(delivery -> Collections.shuffle(delivery, random));
    return deliveries;
  }

  /** A call around the turn of a month. */
  public UsageRecord call() {
    return call(
        START
            .plusSeconds(random.nextInt(SPREAD_SECONDS))
            .plus(random.nextInt(1_000_000), ChronoUnit.MICROS));
  }

  public UsageRecord call(Instant startedAt) {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    boolean failure = random.nextInt(10) == 0;
    boolean hit = random.nextInt(10) == 0;
    long input = failure && random.nextBoolean() ? 0 : random.nextInt(5000);
    long output = failure && random.nextBoolean() ? 0 : random.nextInt(1000);
    int key = random.nextInt(5);
    return new UsageRecord(
        id,
        "call-" + id,
        "chatcmpl-" + id,
        failure ? CallStatus.FAILURE : CallStatus.SUCCESS,
        hit,
        random.nextBoolean(),
        "acompletion",
        startedAt,
        random.nextInt(5) == 0 ? null : startedAt.plusSeconds(1),
        maybe(3, i -> "team-" + i),
        maybe(3, i -> "org-" + i),
        random.nextInt(10) == 0 ? null : "hash-" + key,
        random.nextInt(10) == 0 ? null : "key-" + key,
        maybe(10, i -> "user-" + i),
        maybe(30, i -> i == 0 ? "" : "é世界🙂-" + i),
        maybe(3, i -> "provider-" + i),
        maybe(5, i -> "model-" + i),
        maybe(5, i -> "group-" + i),
        input,
        output,
        input + output,
        hit ? 0 : random.nextLong(10_000_000_000L));
  }

  private String maybe(int values, IntFunction<String> value) {
    int i = random.nextInt(values + 1);
    return i == values ? null : value.apply(i);
  }
}
