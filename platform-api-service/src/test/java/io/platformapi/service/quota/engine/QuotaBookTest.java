package io.platformapi.service.quota.engine;

import static io.platformapi.service.usage.LedgerScope.API_KEY;
import static io.platformapi.service.usage.LedgerScope.END_USER;
import static io.platformapi.service.usage.LedgerScope.MODEL;
import static io.platformapi.service.usage.LedgerScope.PROVIDER;
import static io.platformapi.service.usage.LedgerScope.TEAM;
import static io.platformapi.service.usage.LedgerScope.USER;
import static org.assertj.core.api.Assertions.assertThat;

import io.platformapi.service.usage.LedgerScope;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class QuotaBookTest {
  private static final Instant NOW = Instant.parse("2026-11-25T20:14:59Z");
  private static final QuotaAmounts CALL = new QuotaAmounts(100, 20, 1, 5_000, 0, 0);

  @Test
  void aQuotaCountsTheCallsThatHaveItsNamesInAllItsScopes() {
    Quota all = Quotas.of(QuotaDimension.REQUESTS, Map.of(), 10);
    Quota ann = Quotas.of(QuotaDimension.TOTAL_TOKENS, Map.of(USER, "ann"), 10);
    Quota both = Quotas.of(QuotaDimension.COST, Map.of(TEAM, "red", MODEL, "gpt"), 10);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(all, ann, both));
    assertThat(amounts(book, Map.of(USER, "ann", TEAM, "red", MODEL, "gpt")))
        .isEqualTo(Map.of(all, 1L, ann, 120L, both, 5_000L));
    assertThat(amounts(book, Map.of(USER, "bob", TEAM, "red"))).isEqualTo(Map.of(all, 1L));
    assertThat(amounts(book, Map.of())).isEqualTo(Map.of(all, 1L));
  }

  @Test
  void eachNameHasABalanceOfItsOwn() {
    Quota users = Quotas.of(QuotaDimension.REQUESTS, Map.of(USER, "*"), 10);
    Quota models = Quotas.of(QuotaDimension.REQUESTS, Map.of(TEAM, "*", MODEL, "*"), 10);
    Quota mixed = Quotas.of(QuotaDimension.REQUESTS, Map.of(TEAM, "red", MODEL, "*"), 10);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(users, models, mixed));
    assertThat(keys(book, Map.of(USER, "ann", TEAM, "red", MODEL, "gpt")))
        .containsExactlyInAnyOrder(
            new BalanceKey(users.id(), "ann", NOW.truncatedTo(java.time.temporal.ChronoUnit.DAYS)),
            new BalanceKey(
                models.id(), "red\u001fgpt", NOW.truncatedTo(java.time.temporal.ChronoUnit.DAYS)),
            new BalanceKey(mixed.id(), "gpt", NOW.truncatedTo(java.time.temporal.ChronoUnit.DAYS)));
    // A call that has no user concerns no user's quota.
    assertThat(keys(book, Map.of(MODEL, "gpt"))).isEmpty();
  }

  @Test
  void noTwoListsOfNamesAreTheSameSubject() {
    Set<String> subjects = new HashSet<>();
    List<String> parts = List.of("a", "\u001f", "\\", "a\u001f", "\u001fa", "a\\", "\\\u001f", "b");
    for (String one : parts) {
      for (String two : parts) {
        assertThat(subjects.add(JoinedNames.of(List.of(one, two)))).isTrue();
      }
    }
    String longName = "é".repeat(200);
    assertThat(JoinedNames.of(List.of(longName, longName))).startsWith("sha256:").hasSize(71);
  }

  @Test
  void levelsAreAskedForAndCallsAreNotHeldUpByThem() {
    Quota seats = Quotas.of(QuotaDimension.SEATS, QuotaWindow.of(WindowKind.LIFETIME), 5);
    Quota requests = Quotas.of(QuotaDimension.REQUESTS, Map.of(), 10);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(seats, requests));
    assertThat(demands(book, Map.of(), CALL)).containsOnlyKeys(requests);
    assertThat(demands(book, Map.of(), new QuotaAmounts(0, 0, 0, 0, 0, 3)))
        .isEqualTo(Map.of(seats, 3L));
    // A call that estimates nothing is still a call.
    assertThat(demands(book, Map.of(), QuotaAmounts.NONE)).isEqualTo(Map.of(requests, 0L));
  }

  @Test
  void usageFallsIntoTheWindowInWhichItsCallStarted() {
    Quota day = Quotas.of(QuotaDimension.REQUESTS, Map.of(), 10);
    Quota rolling =
        Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.rolling(Duration.ofHours(1)), 10);
    Quota ever = Quotas.of(QuotaDimension.REQUESTS, QuotaWindow.of(WindowKind.LIFETIME), 10);
    QuotaBook book = new QuotaBook(1, FailMode.CLOSED, List.of(day, rolling, ever));
    CallNames nobody = CallNames.of(Map.<LedgerScope, String>of());
    Instant yesterday = NOW.minus(Duration.ofDays(1));
    assertThat(book.changes(nobody, CALL, yesterday, NOW))
        .containsExactlyInAnyOrder(
            change(day, "2026-11-24T00:00:00Z", null),
            change(rolling, "1970-01-01T00:00:00Z", "2026-11-24T20:14:00Z"),
            change(ever, "1970-01-01T00:00:00Z", null));
    // A window that ended two days ago is decided by no more.
    assertThat(book.changes(nobody, CALL, NOW.minus(Duration.ofDays(4)), NOW))
        .containsExactly(change(ever, "1970-01-01T00:00:00Z", null));
  }

  @Test
  void findsWhatALookAtEveryQuotaFinds() {
    for (long seed = 1; seed <= 200; seed++) {
      Random random = new Random(seed);
      List<Quota> quotas = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        quotas.add(Quotas.of(QuotaDimension.REQUESTS, names(random, true), i));
      }
      QuotaBook book = new QuotaBook(1, FailMode.CLOSED, quotas);
      for (int i = 0; i < 50; i++) {
        Map<LedgerScope, String> call = names(random, false);
        Set<Quota> expected =
            quotas.stream()
                .filter(
                    quota ->
                        quota.selector().values().entrySet().stream()
                            .allMatch(
                                entry ->
                                    entry.getValue().equals("*")
                                        ? call.containsKey(entry.getKey())
                                        : entry.getValue().equals(call.get(entry.getKey()))))
                .collect(Collectors.toSet());
        assertThat(demands(book, call, CALL).keySet()).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  @Test
  void selectorsComeBackFromTheirTexts() {
    for (long seed = 1; seed <= 100; seed++) {
      QuotaSelector selector = QuotaSelector.of(names(new Random(seed), true));
      assertThat(QuotaSelector.parse(selector.scope(), selector.scopeId())).isEqualTo(selector);
    }
  }

  private static Map<LedgerScope, String> names(Random random, boolean each) {
    Map<LedgerScope, String> names = new EnumMap<>(LedgerScope.class);
    for (LedgerScope scope : List.of(TEAM, USER, END_USER, API_KEY, PROVIDER, MODEL)) {
      if (random.nextInt(each ? 3 : 2) == 0) {
        names.put(scope, each && random.nextInt(3) == 0 ? "*" : "name-" + random.nextInt(3));
      }
    }
    return names;
  }

  private static BalanceChange change(Quota quota, String window, String slot) {
    return new BalanceChange(
        new BalanceKey(quota.id(), "", Instant.parse(window)),
        slot == null ? null : Instant.parse(slot),
        1,
        0);
  }

  private static Map<Quota, Long> amounts(QuotaBook book, Map<LedgerScope, String> names) {
    return demands(book, names, CALL);
  }

  private static Map<Quota, Long> demands(
      QuotaBook book, Map<LedgerScope, String> names, QuotaAmounts amounts) {
    return book.demands(CallNames.of(names), amounts, NOW).stream()
        .collect(Collectors.toMap(Demand::quota, Demand::amount));
  }

  private static List<BalanceKey> keys(QuotaBook book, Map<LedgerScope, String> names) {
    return book.demands(CallNames.of(names), CALL, NOW).stream().map(Demand::key).toList();
  }
}
