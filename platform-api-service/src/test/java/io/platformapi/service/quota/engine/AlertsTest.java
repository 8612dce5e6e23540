package io.platformapi.service.quota.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:14:59Z");
  private static final QuotaWindow DAY = QuotaWindow.of(WindowKind.DAY);

  @Test
  void eachThresholdThatUsageHasReachedIsDueOnceAndInOrder() {
    Quota quota = quota(DAY, QuotaMode.ENFORCE, 10, 33, 50, 100);
    assertThat(due(quota, 3, Told.NOTHING, false)).isEmpty();
    // A third of ten is more than three.
    assertThat(due(quota, 4, Told.NOTHING, false)).containsExactly(33);
    assertThat(due(quota, 9, Told.NOTHING, false)).containsExactly(33, 50);
    assertThat(due(quota, 9, new Told(33, false, NOW), false)).containsExactly(50);
    assertThat(due(quota, 9, new Told(50, false, NOW), false)).isEmpty();
    assertThat(due(quota, 10, new Told(50, false, NOW), false)).containsExactly(100, 0);
    assertThat(due(quota, 99, new Told(100, true, NOW), true)).isEmpty();
  }

  @Test
  void aRefusalIsDueOnceAlsoWhenNothingIsUsed() {
    Quota quota = quota(DAY, QuotaMode.ENFORCE, 10, 50);
    assertThat(due(quota, 0, Told.NOTHING, true)).containsExactly(0);
    assertThat(due(quota, 0, new Told(0, true, NOW), true)).isEmpty();
    Quota nothing = quota(DAY, QuotaMode.ENFORCE, 0, 50);
    assertThat(due(nothing, 0, Told.NOTHING, false)).isEmpty();
    assertThat(due(nothing, 1, Told.NOTHING, false)).containsExactly(50, 0);
  }

  @Test
  void whatOnlyWarnsIsToldOfAndWhatIsOffIsNot() {
    assertThat(due(quota(DAY, QuotaMode.WARN, 10, 50), 10, Told.NOTHING, false))
        .containsExactly(50, 0);
    assertThat(due(quota(DAY, QuotaMode.OFF, 10, 50), 10, Told.NOTHING, true)).isEmpty();
  }

  @Test
  void theLargestLimitHasItsPercents() {
    Quota quota = quota(DAY, QuotaMode.ENFORCE, Long.MAX_VALUE, 99);
    long percent = Long.MAX_VALUE / 100 * 99 + 7;
    assertThat(due(quota, percent - 1, Told.NOTHING, false)).isEmpty();
    assertThat(due(quota, percent, Told.NOTHING, false)).containsExactly(99);
  }

  @Test
  void aRollingWindowIsToldOfAgainWhenItsLengthIsOver() {
    Quota quota = quota(QuotaWindow.rolling(Duration.ofHours(1)), QuotaMode.ENFORCE, 10, 50);
    Told told = new Told(50, true, NOW.minus(Duration.ofHours(1)).plusMillis(1));
    assertThat(due(quota, 10, told, true)).isEmpty();
    Told before = new Told(50, true, NOW.minus(Duration.ofHours(1)));
    assertThat(due(quota, 10, before, true)).containsExactly(50, 0);
    Alerts alerts = alerts(quota, 6, before, false).get(0);
    assertThat(alerts.after()).isEqualTo(new Told(50, false, NOW));
  }

  @Test
  void aSlowClockDoesNotMakeWhatAFastOneToldOlder() {
    Quota quota = quota(QuotaWindow.rolling(Duration.ofHours(1)), QuotaMode.ENFORCE, 10, 50);
    Instant ahead = NOW.plus(Duration.ofMinutes(2));
    Alerts alerts = alerts(quota, 6, new Told(0, true, ahead), false).get(0);
    assertThat(alerts.after()).isEqualTo(new Told(50, true, ahead));
  }

  @Test
  void whatAChangeAndARefusalMakeDueIsToldTogether() {
    Quota quota = quota(DAY, QuotaMode.ENFORCE, 10, 50);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(quota));
    Balance found = balance(quota, 4, Told.NOTHING);
    Balance changed = balance(quota, 5, Told.NOTHING);
    List<Alerts> alerts =
        Alerts.of(book, List.of(changed), List.of(new QuotaState(quota, found, NOW)), NOW);
    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).due()).extracting(Alert::threshold).containsExactly(50, 0);
    assertThat(alerts.get(0).balance()).isEqualTo(changed);
    assertThat(alerts.get(0).after()).isEqualTo(new Told(50, true, NOW));
    QuotaBook without = new QuotaBook(2, FailMode.CLOSED, List.of());
    assertThat(Alerts.of(without, List.of(changed), List.of(), NOW)).isEmpty();
  }

  @Test
  void joinedNamesComeApartAgain() {
    List<String> names = List.of("a\\", "\u001f", "b\u001f\\c", "é世界🙂");
    assertThat(JoinedNames.split(JoinedNames.of(names), 4)).contains(names);
    assertThat(JoinedNames.split(JoinedNames.of(List.of("a\\")), 1)).contains(List.of("a\\"));
    String tooLong = JoinedNames.of(List.of("x".repeat(300), "y".repeat(300)));
    assertThat(JoinedNames.split(tooLong, 2)).isEqualTo(Optional.empty());
  }

  private static List<Integer> due(Quota quota, long used, Told told, boolean refused) {
    return alerts(quota, used, told, refused).stream()
        .flatMap(alerts -> alerts.due().stream())
        .map(Alert::threshold)
        .toList();
  }

  private static List<Alerts> alerts(Quota quota, long used, Told told, boolean refused) {
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(quota));
    Balance balance = balance(quota, used, told);
    return refused
        ? Alerts.of(book, List.of(), List.of(new QuotaState(quota, balance, NOW)), NOW)
        : Alerts.of(book, List.of(balance), List.of(), NOW);
  }

  private static Balance balance(Quota quota, long used, Told told) {
    return new Balance(new BalanceKey(quota.id(), "", quota.window().id(NOW)), used, 0, 1, told);
  }

  private static Quota quota(QuotaWindow window, QuotaMode mode, long limit, Integer... at) {
    return Quotas.with(
        Quotas.quota(
            QuotaDimension.REQUESTS,
            QuotaSelector.of(Map.<LedgerScope, String>of()),
            window,
            limit,
            mode),
        100,
        at);
  }
}
