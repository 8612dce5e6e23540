package io.platformapi.service.quota.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QuotaGrantTest {
  private static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final Instant TODAY = Instant.parse("2026-03-10T00:00:00Z");
  private static final Instant YESTERDAY = Instant.parse("2026-03-09T00:00:00Z");
  private static final Instant TOMORROW = Instant.parse("2026-03-11T00:00:00Z");
  private static final Quota TEN_A_DAY =
      Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.DAY), 10);
  private static final CallNames ANN = CallNames.of(Map.of(LedgerScope.USER, "ann"));

  private final Map<BalanceKey, Balance> balances = new HashMap<>();

  @Test
  void aGrantEndsWithTheWindowThatItBeginsInUnlessItRollsOver() {
    QuotaWindow day = QuotaWindow.of(WindowKind.DAY);
    Instant later = TOMORROW.plusSeconds(3600);
    assertThat(QuotaGrant.end(day, NOW, null, false)).isEqualTo(TOMORROW);
    assertThat(QuotaGrant.end(day, NOW, later, false)).isEqualTo(TOMORROW);
    assertThat(QuotaGrant.end(day, NOW, NOW.plusSeconds(5), false)).isEqualTo(NOW.plusSeconds(5));
    assertThat(QuotaGrant.end(day, NOW, later, true)).isEqualTo(later);
    assertThat(QuotaGrant.end(day, NOW, null, true)).isEqualTo(QuotaWindow.END);
    QuotaWindow ever = QuotaWindow.of(WindowKind.LIFETIME);
    assertThat(QuotaGrant.end(ever, NOW, later, false)).isEqualTo(later);
    assertThat(QuotaGrant.end(ever, NOW, null, false)).isEqualTo(QuotaWindow.END);
  }

  @Test
  void theLimitIsHigherByWhatIsLeftOfTheGrantsThatAreValid() {
    QuotaBook book =
        book(
            grant(1, 5, YESTERDAY, TOMORROW, 100),
            grant(2, 7, NOW.plusSeconds(1), TOMORROW, 100),
            grant(3, 9, YESTERDAY, NOW, 100));
    assertThat(refused(book, 15)).isFalse();
    assertThat(refused(book, 16)).isTrue();
    // What another window has drawn is gone.
    used(total(1), 3);
    assertThat(refused(book, 12)).isFalse();
    assertThat(refused(book, 13)).isTrue();
  }

  @Test
  void theLimitIsUsedFirstThenTheLowestPriorityThenWhatEndsFirst() {
    QuotaBook book =
        book(
            grant(1, 5, YESTERDAY, TOMORROW.plusSeconds(9), 100),
            grant(2, 5, YESTERDAY, TOMORROW, 100),
            grant(3, 5, YESTERDAY, TOMORROW.plusSeconds(99), 50));
    assertThat(drawn(book, 10)).isEmpty();
    assertThat(drawn(book, 12)).containsExactly("3:2");
    assertThat(drawn(book, 19)).containsExactly("3:5", "2:4");
    assertThat(drawn(book, 99)).containsExactly("3:5", "2:5", "1:5");
  }

  @Test
  void whatIsNoLongerTakenGoesBackToTheLastThatGave() {
    QuotaBook book = book(grant(1, 5, YESTERDAY, TOMORROW, 1), grant(2, 5, YESTERDAY, TOMORROW, 2));
    used(total(1), 5);
    used(here(1), 5);
    used(total(2), 4);
    used(here(2), 4);
    assertThat(drawn(book, 19)).isEmpty();
    assertThat(drawn(book, 16)).containsExactly("2:-3");
    assertThat(drawn(book, 12)).containsExactly("2:-4", "1:-3");
    assertThat(drawn(book, 3)).containsExactly("2:-4", "1:-5");
  }

  @Test
  void whatOneHasGivenCountsForTheWindowAlsoAfterItsEnd() {
    QuotaBook book = book(grant(1, 5, YESTERDAY, NOW, 100), grant(2, 3, YESTERDAY, TOMORROW, 100));
    used(total(1), 5);
    used(here(1), 5);
    used(windowKey(TODAY), 15);
    assertThat(refused(book, 3)).isFalse();
    assertThat(refused(book, 4)).isTrue();
    assertThat(drawn(book, 15)).isEmpty();
    assertThat(drawn(book, 17)).containsExactly("2:2");
  }

  @Test
  void aWindowThatIsOverDrawsNoMoreThanChanges() {
    QuotaBook book = book(grant(1, 50, YESTERDAY, TOMORROW, 100));
    used(windowKey(YESTERDAY), 30);
    BalanceKey here = new BalanceKey(id(1), "", YESTERDAY);
    // The limit was higher then: of 30 only the 2 that have just been told are drawn.
    assertThat(draws(book, windowKey(YESTERDAY), 2))
        .containsExactly(
            new BalanceChange(total(1), null, 2, 0), new BalanceChange(here, null, 2, 0));
    used(total(1), 25);
    used(here, 25);
    assertThat(draws(book, windowKey(YESTERDAY), -3))
        .containsExactly(
            new BalanceChange(total(1), null, -3, 0), new BalanceChange(here, null, -3, 0));
  }

  @Test
  void severalWindowsOfOneTransactionDrawWhatTheOthersHaveLeft() {
    QuotaBook book = book(grant(1, 5, YESTERDAY, TOMORROW, 100));
    used(windowKey(YESTERDAY), 14);
    used(windowKey(TODAY), 13);
    List<BalanceChange> draws =
        GrantDraws.of(
            book,
            List.of(
                new BalanceChange(windowKey(YESTERDAY), null, 9, 0),
                new BalanceChange(windowKey(TODAY), null, 9, 0)),
            List.copyOf(balances.values()),
            NOW);
    assertThat(
            draws.stream()
                .filter(change -> change.key().equals(total(1)))
                .mapToLong(BalanceChange::used)
                .sum())
        .isEqualTo(5);
  }

  @Test
  void aLateCallDrawsFromWhatWasValidAtTheEndOfItsWindow() {
    QuotaBook book = book(grant(1, 5, YESTERDAY, TODAY, 100), grant(2, 5, TODAY, TOMORROW, 100));
    used(windowKey(YESTERDAY), 14);
    assertThat(draws(book, windowKey(YESTERDAY), 9))
        .extracting(change -> change.key().quotaId())
        .containsOnly(id(1));
  }

  @Test
  void eachNameHasAllOfAGrantOrOneNameAlone() {
    Quota each = Quotas.of(QuotaDimension.REQUESTS, Map.of(LedgerScope.USER, "*"), 10);
    QuotaGrant forAll = new QuotaGrant(id(1), each.id(), null, 5, YESTERDAY, TOMORROW, 100);
    QuotaGrant forBob = new QuotaGrant(id(2), each.id(), "bob", 5, YESTERDAY, TOMORROW, 100);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(each), List.of(forAll, forBob));
    Demand ann = book.demands(ANN, calls(1), NOW).get(0);
    assertThat(ann.grants()).containsExactly(forAll);
    CallNames bob = CallNames.of(Map.of(LedgerScope.USER, "bob"));
    assertThat(book.demands(bob, calls(1), NOW).get(0).grants()).containsExactly(forAll, forBob);
  }

  @Test
  void nothingIsLeftOfARevokedGrantAndWhatItGaveStays() {
    QuotaBook book = book(grant(1, 0, YESTERDAY, TOMORROW, 100));
    used(total(1), 4);
    used(here(1), 4);
    used(windowKey(TODAY), 13);
    assertThat(refused(book, 1)).isFalse();
    assertThat(refused(book, 2)).isTrue();
    assertThat(drawn(book, 99)).isEmpty();
  }

  @Test
  void sumsThatDoNotFitAreTheLargestNumber() {
    QuotaBook book =
        book(
            grant(1, Long.MAX_VALUE, YESTERDAY, TOMORROW, 100),
            grant(2, Long.MAX_VALUE, YESTERDAY, TOMORROW, 100));
    Demand demand = book.demands(ANN, calls(1), NOW).get(0);
    assertThat(QuotaState.of(demand, this::balance, NOW).remaining()).isEqualTo(Long.MAX_VALUE);
    assertThat(drawn(book, Long.MAX_VALUE / 2)).containsExactly("1:" + (Long.MAX_VALUE / 2 - 10));
  }

  @Test
  void aQuotaWithoutGrantsIsDecidedByItsBalanceAlone() {
    Quota other = Quotas.of(QuotaDimension.COST, QuotaWindow.of(WindowKind.DAY), 10);
    QuotaBook book =
        new QuotaBook(
            1,
            FailMode.CLOSED,
            List.of(other, TEN_A_DAY),
            List.of(grant(1, 5, YESTERDAY, TOMORROW, 100)));
    Map<BalanceKey, Quota> needed = new HashMap<>();
    book.demands(ANN, calls(1), NOW).forEach(demand -> demand.addBalances(needed));
    assertThat(needed.keySet())
        .containsExactlyInAnyOrder(
            new BalanceKey(other.id(), "", TODAY), windowKey(TODAY), total(1), here(1));
    assertThat(book.grantBalances(other, new BalanceKey(other.id(), "", TODAY))).isEmpty();
  }

  private static QuotaBook book(QuotaGrant... grants) {
    return new QuotaBook(1, FailMode.CLOSED, List.of(TEN_A_DAY), List.of(grants));
  }

  private static QuotaGrant grant(int id, long amount, Instant from, Instant until, int priority) {
    return new QuotaGrant(id(id), TEN_A_DAY.id(), null, amount, from, until, priority);
  }

  private static UUID id(int number) {
    return new UUID(0, number);
  }

  private static QuotaAmounts calls(long number) {
    return new QuotaAmounts(0, 0, number, 0, 0, 0);
  }

  private static BalanceKey windowKey(Instant start) {
    return new BalanceKey(TEN_A_DAY.id(), "", start);
  }

  private static BalanceKey total(int grant) {
    return new BalanceKey(id(grant), "", Instant.EPOCH);
  }

  private static BalanceKey here(int grant) {
    return new BalanceKey(id(grant), "", TODAY);
  }

  private void used(BalanceKey key, long used) {
    balances.put(key, new Balance(key, used, 0, 1, Told.NOTHING));
  }

  private Balance balance(BalanceKey key) {
    return balances.getOrDefault(key, Balance.empty(key));
  }

  private boolean refused(QuotaBook book, long amount) {
    return !Decider.decide(book.demands(ANN, calls(amount), NOW), this::balance, NOW).granted();
  }

  /** What today's window draws when it has taken so much, as grant and units. */
  private List<String> drawn(QuotaBook book, long taken) {
    used(windowKey(TODAY), taken);
    List<String> found = new ArrayList<>();
    Collection<BalanceChange> draws = draws(book, windowKey(TODAY), 0);
    draws.stream()
        .filter(change -> change.key().window().equals(Instant.EPOCH))
        .forEach(c -> found.add(c.key().quotaId().getLeastSignificantBits() + ":" + c.used()));
    assertThat(draws.stream().mapToLong(BalanceChange::used).sum())
        .as("of the window as much as of the grants")
        .isEqualTo(
            2
                * draws.stream()
                    .filter(change -> change.key().window().equals(Instant.EPOCH))
                    .mapToLong(BalanceChange::used)
                    .sum());
    return found;
  }

  private List<BalanceChange> draws(QuotaBook book, BalanceKey window, long difference) {
    BalanceChange[] changes = {new BalanceChange(window, null, difference, 0)};
    return GrantDraws.of(book, Arrays.asList(changes), balances.values(), NOW);
  }
}
