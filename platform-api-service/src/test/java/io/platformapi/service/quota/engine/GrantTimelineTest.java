package io.platformapi.service.quota.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GrantTimelineTest {
  private static final Instant TODAY = Instant.parse("2026-03-10T00:00:00Z");
  private static final Instant YESTERDAY = Instant.parse("2026-03-09T00:00:00Z");
  private static final Instant TOMORROW = Instant.parse("2026-03-11T00:00:00Z");
  private static final Instant NINE = TODAY.plus(Duration.ofHours(9));
  private static final Instant NOON = TODAY.plus(Duration.ofHours(12));
  private static final Duration MOMENT = Duration.ofNanos(1);
  private static final Quota TEN_A_DAY =
      Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.DAY), 10);

  private final Map<BalanceKey, Balance> balances = new HashMap<>();

  @Test
  void aGrantAddsNothingBeforeItBeginsAndOnlyWhatWasDrawnAfterItsEnd() {
    used(total(1), 30);
    used(in(1, TODAY), 4);
    GrantTimeline timeline = present(grant(1, 50, NINE, NOON));
    assertThat(timeline.at(NINE.minus(MOMENT))).isZero();
    // Another window has drawn 26: of the others 20 are left.
    assertThat(timeline.at(NINE)).isEqualTo(24);
    assertThat(timeline.at(NOON.minus(MOMENT))).isEqualTo(24);
    assertThat(timeline.at(NOON)).isEqualTo(4);
  }

  @Test
  void severalAddUpAndARevokedOneAddsWhatWasDrawn() {
    used(total(1), 3);
    used(in(1, TODAY), 3);
    GrantTimeline timeline =
        present(grant(1, 0, YESTERDAY, TOMORROW), grant(2, 7, NINE, QuotaWindow.END));
    assertThat(timeline.at(TODAY)).isEqualTo(3);
    assertThat(timeline.at(NINE)).isEqualTo(10);
  }

  @Test
  void moreThanFitsIsTheLargestNumber() {
    GrantTimeline timeline =
        present(grant(1, Long.MAX_VALUE, TODAY, TOMORROW), grant(2, 1, TODAY, TOMORROW));
    assertThat(timeline.at(TODAY)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void atPresentItIsWhatRequestsAreDecidedBy() {
    used(total(1), 6);
    used(in(1, TODAY), 2);
    used(total(2), 5);
    used(in(2, TODAY), 5);
    QuotaGrant[] grants = {
      grant(1, 9, YESTERDAY, QuotaWindow.END), grant(2, 5, TODAY, NINE), grant(3, 8, NOON, TOMORROW)
    };
    for (Instant now : List.of(TODAY, NINE, NOON)) {
      assertThat(present(grants).at(now))
          .isEqualTo(GrantShare.added(demand(TODAY, grants), this::balance, now));
    }
  }

  @Test
  void ofAPastWindowOnlyWhatItHasDrawnIsTold() {
    used(total(1), 7);
    used(in(1, YESTERDAY), 2);
    GrantTimeline timeline = past(TODAY, grant(1, 50, YESTERDAY, QuotaWindow.END)).orElseThrow();
    assertThat(timeline.at(YESTERDAY)).isEqualTo(2);
  }

  @Test
  void aWindowThatDrewNothingHasNoRowWhichIsKnownForTwoDays() {
    used(total(1), 7);
    QuotaGrant grant = grant(1, 50, YESTERDAY, QuotaWindow.END);
    Instant last = TODAY.plus(QuotaBook.LATE);
    assertThat(past(last.minus(MOMENT), grant).orElseThrow().at(YESTERDAY)).isZero();
    assertThat(past(last, grant)).isEmpty();
    used(in(1, YESTERDAY), 2);
    assertThat(past(last, grant).orElseThrow().at(YESTERDAY)).isEqualTo(2);
  }

  @Test
  void whatIsLostIsKnownByTheSumWhenNoOtherWindowCouldDraw() {
    Instant later = TODAY.plus(Duration.ofDays(9));
    used(total(1), 7);
    assertThat(past(later, grant(1, 50, YESTERDAY, TODAY)).orElseThrow().at(YESTERDAY))
        .isEqualTo(7);
    assertThat(past(later, grant(1, 50, YESTERDAY, TODAY.plus(MOMENT)))).isEmpty();
    assertThat(past(later, grant(1, 50, YESTERDAY.minus(MOMENT), TODAY))).isEmpty();
    // Nobody has ever drawn from it.
    assertThat(past(later, grant(2, 50, YESTERDAY, QuotaWindow.END)).orElseThrow().at(YESTERDAY))
        .isZero();
    assertThat(past(later)).isPresent();
  }

  private GrantTimeline present(QuotaGrant... grants) {
    return GrantTimeline.present(demand(TODAY, grants), this::balance);
  }

  private Optional<GrantTimeline> past(Instant now, QuotaGrant... grants) {
    return GrantTimeline.past(demand(YESTERDAY, grants), balances, now);
  }

  private static Demand demand(Instant window, QuotaGrant... grants) {
    return new Demand(TEN_A_DAY, new BalanceKey(TEN_A_DAY.id(), "", window), 0, List.of(grants));
  }

  private static QuotaGrant grant(int id, long amount, Instant from, Instant until) {
    return new QuotaGrant(new UUID(0, id), TEN_A_DAY.id(), null, amount, from, until, 100);
  }

  private static BalanceKey total(int grant) {
    return in(grant, Instant.EPOCH);
  }

  private static BalanceKey in(int grant, Instant window) {
    return new BalanceKey(new UUID(0, grant), "", window);
  }

  private void used(BalanceKey key, long used) {
    balances.put(key, new Balance(key, used, 0, 1, Told.NOTHING));
  }

  private Balance balance(BalanceKey key) {
    return balances.getOrDefault(key, Balance.empty(key));
  }
}
