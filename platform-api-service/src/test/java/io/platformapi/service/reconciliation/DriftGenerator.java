package io.platformapi.service.reconciliation;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.message.UsageRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Makes the two books of a tenant out of a seed: events, rows, and what a reconciliation has to say
 * of them. Most calls agree, in all the ways in which sides can look different and agree; each
 * defect is put into one call of its own.
 *
 * <p>It shares no code with what it tests: what is to be found follows from what was put in.
 */
final class DriftGenerator {
  private static final int TEAMS = 7;
  private static final int KEYS = 40;
  private static final int MODELS = 5;

  /** Defects are put into one call of so many. */
  private static final int DEFECT_IN = 40;

  /** Away from the edges, where only calls are that are meant to be there. */
  private static final long MARGIN_SECONDS = 300;

  /** A defect, and how it is told of. */
  enum Defect {
    LOST_EVENT(DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT),
    LOST_EVENT_OF_A_RETRY(DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT),
    LOST_EVENT_WITHOUT_CALL_ID(DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT),
    LOST_ROW(DifferenceClass.MISSING_IN_GATEWAY, DifferenceReason.NO_ROW),
    BROKEN_STREAM(DifferenceClass.MISSING_IN_GATEWAY, DifferenceReason.FAILED_WITH_COST),
    TOLD_TWICE(DifferenceClass.DUPLICATE, DifferenceReason.COUNTED_TWICE),
    TOLD_TWICE_LATER(DifferenceClass.DUPLICATE, DifferenceReason.COUNTED_TWICE),
    REPEATED_ID(DifferenceClass.DUPLICATE, DifferenceReason.SKIPPED_REPEATED_ID),
    SECOND_ROW(DifferenceClass.DUPLICATE, DifferenceReason.GATEWAY_COUNTED_TWICE),
    OTHER_TOKENS(DifferenceClass.AMOUNT, DifferenceReason.TOKENS_DIFFER),
    OTHER_TOKENS_WITHOUT_CALL_ID(DifferenceClass.AMOUNT, DifferenceReason.TOKENS_DIFFER),
    OTHER_COST(DifferenceClass.PRICE, DifferenceReason.COST_DIFFERS),
    NEW_KEY(DifferenceClass.UNKNOWN_KEY, DifferenceReason.KEY_NEVER_SEEN),
    OTHER_KEY(DifferenceClass.UNKNOWN_KEY, DifferenceReason.KEY_DIFFERS),
    OTHER_CLOCK(DifferenceClass.CLOCK, DifferenceReason.CLOCKS_DIFFER),
    EVENT_BEYOND_THE_END(DifferenceClass.WINDOW_EDGE, DifferenceReason.ACROSS_THE_EDGE),
    EVENT_BEFORE_THE_BEGIN(DifferenceClass.WINDOW_EDGE, DifferenceReason.ACROSS_THE_EDGE),
    LATE(DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT),
    LATE_OF_A_NEW_KEY(DifferenceClass.UNKNOWN_KEY, DifferenceReason.KEY_NEVER_SEEN);

    final DifferenceClass difference;
    final DifferenceReason reason;

    Defect(DifferenceClass difference, DifferenceReason reason) {
      this.difference = difference;
      this.reason = reason;
    }
  }

  /** A call as it was. */
  private record Call(
      String callId,
      String answer,
      boolean hit,
      String key,
      String team,
      String model,
      long input,
      long output,
      long nanos,
      Instant start) {}

  /** A difference that is to be found, of the call that the subject names. */
  record Expected(String subject, DifferenceClass difference, DifferenceReason reason) {}

  final Instant from;
  final Instant to;

  /** Events that come in time. */
  final List<UsageRecord> events = new ArrayList<>();

  /** Events that come when the first run is over. */
  final List<UsageRecord> lateEvents = new ArrayList<>();

  final List<SpendRow> rows = new ArrayList<>();

  /** What a run over the window has to find before and after the late events have come. */
  final List<Expected> expected = new ArrayList<>();

  final List<Expected> expectedLate = new ArrayList<>();

  /** Calls and cost of each team as the ledger has to have them when all is adjusted. */
  final Map<String, long[]> truth = new HashMap<>();

  final Map<Defect, Integer> injected = new LinkedHashMap<>();
  private final Random random;
  private int made;

  DriftGenerator(long seed, int calls, Instant from, Instant to) {
    this.random = new Random(seed);
    this.from = from;
    this.to = to;
    Defect[] defects = Defect.values();
    // Each key is known from the beginning.
    for (int key = 0; key < KEYS; key++) {
      agree(call("key-" + key, within()));
    }
    for (int n = KEYS; n < calls; n++) {
      if (n % DEFECT_IN == 0) {
        Defect defect = defects[n / DEFECT_IN % defects.length];
        injected.merge(defect, 1, Integer::sum);
        inject(defect);
      } else {
        harmless();
      }
    }
    outside();
  }

  private void harmless() {
    Call call = call(key(), within());
    switch (random.nextInt(24)) {
      case 0 -> {
        // The row is read twice, and the event is told twice: the same row and the same event.
        agree(call);
        rows.add(rows.get(rows.size() - 1));
        events.add(events.get(events.size() - 1));
      }
      case 1 -> {
        // A clock that is less than a second off.
        count(call);
        events.add(event(call, call.start.plusMillis(random.nextInt(-990, 990))));
        rows.add(row(call));
      }
      case 2 -> {
        // A cache hit: each side has its own suffix, and the call that filled the cache its own
        // row.
        Call hit = hit(call);
        count(hit);
        events.add(event(hit, hit.start));
        rows.add(row(suffixed(hit)));
      }
      case 3 -> {
        // Attempts that failed and cost nothing share the call id of the one that succeeded.
        events.add(failure(call, 0));
        if (random.nextBoolean()) {
          rows.add(failedRow(call));
        }
        agree(call);
      }
      case 4 -> {
        // An old proxy that does not tell call ids; alone in its minute, as one with its key.
        Call old = oldProxy(call);
        count(old);
        events.add(event(old, old.start));
        rows.add(row(random.nextBoolean() ? old : answered(old), null));
      }
      default -> agree(call);
    }
  }

  private void inject(Defect defect) {
    Call call = call(key(), within());
    String subject = call.callId;
    switch (defect) {
      case LOST_EVENT -> {
        Call lost = random.nextInt(4) == 0 ? hit(call) : call;
        count(lost);
        rows.add(row(lost));
      }
      case LOST_EVENT_OF_A_RETRY -> {
        events.add(failure(call, 0));
        count(call);
        rows.add(row(call));
      }
      case LOST_EVENT_WITHOUT_CALL_ID -> {
        // By key, model and minute nobody could tell it from a lost row with other tokens.
        Call old = keyed(call, "key-" + (random.nextInt(KEYS) / 2 * 2 + 1));
        count(old);
        rows.add(row(old, null));
        subject = old.answer;
      }
      case LOST_ROW -> {
        // The tenant's policy trusts the gateway here: the event is taken back.
        Call lost = keyed(call, "key-" + random.nextInt(KEYS) / 2 * 2);
        events.add(event(lost, lost.start));
      }
      case BROKEN_STREAM -> {
        count(call);
        events.add(failure(call, call.nanos));
      }
      case TOLD_TWICE -> {
        agree(random.nextInt(4) == 0 ? hit(call) : call);
        UsageRecord first = events.get(events.size() - 1);
        events.add(again(first, first.startedAt().plusMillis(1 + random.nextInt(900))));
      }
      case TOLD_TWICE_LATER -> {
        agree(call);
        events.add(
            again(
                events.get(events.size() - 1),
                within(call.start.plusSeconds(60 + random.nextInt(3_000)))));
      }
      case REPEATED_ID -> {
        agree(call);
        Call other = answered(call(call.key, call.start.plusSeconds(5)), call.answer);
        count(other);
        events.add(event(other, other.start));
        subject = other.callId;
      }
      case SECOND_ROW -> {
        agree(call);
        rows.add(row(answered(call)));
      }
      case OTHER_TOKENS -> {
        count(call);
        events.add(event(wrong(call, 1 + random.nextInt(50), random.nextInt(1_000)), call.start));
        rows.add(row(call));
      }
      case OTHER_TOKENS_WITHOUT_CALL_ID -> {
        Call old = oldProxy(call);
        count(old);
        events.add(event(wrong(old, 7, 0), old.start));
        rows.add(row(answered(old), null));
      }
      case OTHER_COST -> {
        count(call);
        events.add(event(wrong(call, 0, 1 + random.nextInt(500)), call.start));
        rows.add(row(call));
      }
      case NEW_KEY -> {
        Call strange = call("stranger-" + made, call.start);
        subject = strange.callId;
        count(strange);
        rows.add(row(strange));
      }
      case OTHER_KEY -> {
        count(call);
        events.add(event(keyed(call, "key-other"), call.start));
        rows.add(row(call));
      }
      case OTHER_CLOCK -> {
        count(call);
        long off = random.nextInt(1_500, 119_000) * (random.nextBoolean() ? 1L : -1L);
        events.add(event(call, call.start.plusMillis(random.nextInt(3) == 0 ? 90_000 : off)));
        rows.add(row(call));
      }
      case EVENT_BEYOND_THE_END -> {
        Call edge = call(call.key, to.minusMillis(1_000 + random.nextInt(58_000)));
        subject = edge.callId;
        count(edge);
        events.add(event(edge, to.plusMillis(random.nextInt(60_000))));
        rows.add(row(edge));
      }
      case EVENT_BEFORE_THE_BEGIN -> {
        Call edge = call(call.key, from.plusMillis(1_000 + random.nextInt(58_000)));
        subject = edge.callId;
        count(edge);
        events.add(event(edge, from.minusMillis(1 + random.nextInt(60_000))));
        rows.add(row(edge));
      }
      case LATE -> {
        count(call);
        rows.add(row(call));
        lateEvents.add(event(call, call.start));
        expectedLate.add(
            new Expected(subject, DifferenceClass.LATE, DifferenceReason.CAME_AFTER_POSTING));
      }
      case LATE_OF_A_NEW_KEY -> {
        Call strange = call("stranger-" + made, call.start);
        subject = strange.callId;
        count(strange);
        rows.add(row(strange));
        lateEvents.add(event(strange, strange.start));
        expectedLate.add(
            new Expected(subject, DifferenceClass.LATE, DifferenceReason.CAME_AFTER_REPORT));
      }
    }
    expected.add(new Expected(subject, defect.difference, defect.reason));
  }

  /** Calls that a run over the window has nothing to say of. */
  private void outside() {
    for (int n = 0; n < 20; n++) {
      // Of the runs before and after it, on both sides.
      agree(call(key(), to.plusMillis(1 + random.nextInt(100_000))));
      agree(call(key(), from.minusMillis(1 + random.nextInt(100_000))));
      // Its row belongs to the run before or after, its event lies in the window.
      Call after = call(key(), to.plusMillis(random.nextInt(60_000)));
      count(after);
      events.add(event(after, to.minusMillis(1 + random.nextInt(59_000))));
      rows.add(row(after));
      Call before = call(key(), from.minusMillis(1 + random.nextInt(60_000)));
      count(before);
      events.add(event(before, from.plusMillis(random.nextInt(59_000))));
      rows.add(row(before));
    }
  }

  private Call call(String key, Instant start) {
    int n = made++;
    long input = 1 + random.nextInt(20_000);
    long output = 1 + random.nextInt(2_000);
    return new Call(
        new UUID(random.nextLong(), random.nextLong()).toString(),
        "chatcmpl-" + Long.toHexString(random.nextLong()) + "-" + n,
        false,
        key,
        "team-" + Math.floorMod(key.hashCode(), TEAMS),
        "model-" + random.nextInt(MODELS),
        input,
        output,
        input * 150 + output * 600,
        start);
  }

  /** One of the keys that are known; one is only used where the sides name different keys. */
  private String key() {
    return "key-" + random.nextInt(KEYS);
  }

  /** To the microsecond, as events tell it. */
  private Instant within() {
    long millis = to.toEpochMilli() - from.toEpochMilli() - 2 * MARGIN_SECONDS * 1_000;
    return from.plusSeconds(MARGIN_SECONDS)
        .plusMillis((long) (random.nextDouble() * millis))
        .plus(random.nextInt(1_000), ChronoUnit.MICROS);
  }

  private Instant within(Instant time) {
    Instant last = to.minusSeconds(MARGIN_SECONDS);
    return time.isBefore(last) ? time : last.minusMillis(random.nextInt(1_000));
  }

  private Call hit(Call call) {
    return new Call(
        call.callId,
        call.answer + "_cache_hit" + call.start.toEpochMilli() / 1_000 + ".1742418",
        true,
        call.key,
        call.team,
        call.model,
        call.input,
        call.output,
        0,
        call.start);
  }

  private Call suffixed(Call hit) {
    return answered(hit, hit.answer.replace(".1742418", ".9" + random.nextInt(1_000_000)));
  }

  private Call answered(Call call) {
    return answered(call, "other-" + Long.toHexString(random.nextLong()));
  }

  private static Call answered(Call call, String answer) {
    return new Call(
        call.callId,
        answer,
        call.hit,
        call.key,
        call.team,
        call.model,
        call.input,
        call.output,
        call.nanos,
        call.start);
  }

  private static Call keyed(Call call, String key) {
    return new Call(
        call.callId,
        call.answer,
        call.hit,
        key,
        call.team,
        call.model,
        call.input,
        call.output,
        call.nanos,
        call.start);
  }

  private static Call wrong(Call call, int tokens, int nanos) {
    return new Call(
        call.callId,
        call.answer,
        call.hit,
        call.key,
        call.team,
        call.model,
        call.input + tokens,
        call.output,
        call.nanos + nanos,
        call.start);
  }

  /** A proxy that tells no call ids has keys of its own: by key, model and minute it is one. */
  private Call oldProxy(Call call) {
    return keyed(call, "old-" + made);
  }

  /** A call that both sides tell of in the same way. */
  private void agree(Call call) {
    count(call);
    events.add(event(call, call.start));
    rows.add(row(call));
  }

  private void count(Call call) {
    long[] sums = truth.computeIfAbsent(call.team, team -> new long[2]);
    sums[0]++;
    sums[1] += call.nanos;
  }

  private UsageRecord event(Call call, Instant start) {
    return record(call, CallStatus.SUCCESS, call.answer, start, call.nanos);
  }

  private UsageRecord failure(Call call, long nanos) {
    return record(call, CallStatus.FAILURE, call.callId, call.start.minusMillis(700), nanos);
  }

  private UsageRecord again(UsageRecord first, Instant start) {
    return new UsageRecord(
        new UUID(random.nextLong(), random.nextLong()),
        first.callId(),
        first.responseId(),
        first.status(),
        first.cacheHit(),
        first.stream(),
        first.callType(),
        start,
        start.plusSeconds(1),
        first.teamId(),
        first.organizationId(),
        first.keyHash(),
        first.keyAlias(),
        first.userId(),
        first.endUser(),
        first.provider(),
        first.model(),
        first.modelGroup(),
        first.inputTokens(),
        first.outputTokens(),
        first.totalTokens(),
        first.costNanos());
  }

  private UsageRecord record(
      Call call, CallStatus status, String answer, Instant start, long nanos) {
    return new UsageRecord(
        new UUID(random.nextLong(), random.nextLong()),
        call.callId,
        answer,
        status,
        call.hit,
        false,
        "acompletion",
        start,
        start.plusSeconds(1),
        call.team,
        null,
        call.key,
        null,
        "user-" + call.key,
        null,
        "openai",
        "openai/" + call.model,
        call.model,
        call.input,
        call.output,
        call.input + call.output,
        nanos);
  }

  private SpendRow row(Call call) {
    return row(call, call.callId);
  }

  private SpendRow failedRow(Call call) {
    return row(
        answered(wrong(call, 0, (int) -call.nanos), call.callId), call.callId, CallStatus.FAILURE);
  }

  private static SpendRow row(Call call, String callId) {
    return row(call, callId, CallStatus.SUCCESS);
  }

  /** The gateway's log has milliseconds. */
  private static SpendRow row(Call call, String callId, CallStatus status) {
    Instant start = call.start.truncatedTo(ChronoUnit.MILLIS);
    return new SpendRow(
        call.answer,
        callId,
        "acompletion",
        status,
        call.hit,
        call.key,
        null,
        call.team,
        null,
        "user-" + call.key,
        null,
        "openai",
        "openai/" + call.model,
        call.model,
        call.input,
        call.output,
        call.input + call.output,
        call.nanos,
        start,
        start.plusSeconds(1),
        "{\"request_id\":\"" + call.answer + "\"}");
  }
}
