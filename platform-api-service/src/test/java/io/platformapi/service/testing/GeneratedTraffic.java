package io.platformapi.service.testing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Compact {@code usage.recorded} events made from a seed, with what they add up to. The same seed
 * gives the same events with the same identities, so redelivery is as easy as generating again.
 */
public final class GeneratedTraffic {
  private static final List<String> PROVIDERS = List.of("openai", "anthropic", "groq");
  private static final List<String> MODELS =
      List.of("gpt-4o-mini", "claude-sonnet", "llama", "gpt-4o", "embed");
  private static final int NANOS_PLACES = 9;

  private final long seed;
  private final int events;
  private final List<String> tenants;
  private final Instant start;

  /**
   * @param start the first call's time; the calls follow each other by about 50 ms
   */
  public GeneratedTraffic(long seed, int events, List<String> tenants, Instant start) {
    this.seed = seed;
    this.events = events;
    this.tenants = List.copyOf(tenants);
    this.start = start;
  }

  /**
   * One event on its way to Kafka.
   *
   * @param tenant its tenant, which is its key
   * @param value the envelope as UTF-8 JSON
   * @param amounts what the ledger must gain by it
   */
  public record Event(String tenant, byte[] value, Amounts amounts) {}

  /** Gives every event, each once, in order. */
  public void forEach(Consumer<Event> consumer) {
    Random random = new Random(seed);
    long micros = start.toEpochMilli() * 1000;
    for (int i = 0; i < events; i++) {
      micros += 1 + random.nextInt(100_000);
      consumer.accept(event(random, micros));
    }
  }

  /** What all events of each tenant add up to. */
  public Map<String, Amounts> expected() {
    Map<String, Amounts> sums = new TreeMap<>();
    tenants.forEach(tenant -> sums.put(tenant, Amounts.NONE));
    forEach(event -> sums.merge(event.tenant(), event.amounts(), Amounts::plus));
    return sums;
  }

  private Event event(Random random, long micros) {
    String tenant = tenants.get(random.nextInt(tenants.size()));
    String callId = new UUID(random.nextLong(), random.nextLong()).toString();
    int key = random.nextInt(5);
    int kind = random.nextInt(20);
    boolean failed = kind == 0 || kind == 1;
    boolean cached = kind == 2;
    boolean tokensCharged = kind != 0;
    long input = tokensCharged ? random.nextInt(4000) : 0;
    long output = tokensCharged ? random.nextInt(1000) : 0;
    // More places than a nano-unit has, as real costs do.
    BigDecimal cost =
        cached || !tokensCharged
            ? BigDecimal.ZERO
            : BigDecimal.valueOf(random.nextLong(100_000_000_000_000L), 16);
    String startTime = BigDecimal.valueOf(micros, 6).toPlainString();
    String endTime = BigDecimal.valueOf(micros + 40_000, 6).toPlainString();
    String value =
        """
        {"eventId":"%s","type":"usage.recorded","occurredAt":"%s","tenantId":"%s",\
        "platformId":"default","correlationId":"generated","actor":"litellm","payload":{\
        "callId":"%s","id":"chatcmpl-%s","status":"%s","startTime":%s,"endTime":%s,\
        "tenantId":"%s","teamId":"team_%s","organizationId":"org_%s","keyHash":"hash-%s-%d",\
        "keyAlias":"%s-key-%d","userId":"user-%d","endUser":"customer-%d","provider":"%s",\
        "model":"%s","modelGroup":"%s","callType":"acompletion","stream":false,"cacheHit":%s,\
        "inputTokens":%d,"outputTokens":%d,"totalTokens":%d,"cost":"%s"}}"""
            .formatted(
                callId,
                Instant.ofEpochMilli(micros / 1000),
                tenant,
                callId,
                callId,
                failed ? "failure" : "success",
                startTime,
                endTime,
                tenant,
                tenant,
                tenant,
                tenant,
                key,
                tenant,
                key,
                random.nextInt(10),
                random.nextInt(30),
                PROVIDERS.get(random.nextInt(PROVIDERS.size())),
                MODELS.get(key),
                MODELS.get(key),
                cached,
                input,
                output,
                input + output,
                cost.toPlainString());
    return new Event(
        tenant,
        value.getBytes(StandardCharsets.UTF_8),
        amounts(failed, cached, input, output, nanos(cost)));
  }

  private static Amounts amounts(
      boolean failed, boolean cached, long input, long output, long nanos) {
    return cached
        ? new Amounts(0, 0, input, output, 0, 0, 1, nanos)
        : new Amounts(input, output, 0, 0, failed ? 0 : 1, failed ? 1 : 0, 0, nanos);
  }

  private static long nanos(BigDecimal cost) {
    return cost.setScale(NANOS_PLACES, RoundingMode.HALF_EVEN)
        .movePointRight(NANOS_PLACES)
        .longValueExact();
  }
}
