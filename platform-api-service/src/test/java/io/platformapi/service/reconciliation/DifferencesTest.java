package io.platformapi.service.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.platformapi.routes.message.CallStatus;
import io.platformapi.routes.message.SpendRow;
import io.platformapi.routes.message.UsageRecord;
import io.platformapi.service.problem.ConflictException;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.reconciliation.TwoBooks.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each way in which the books can differ, among calls that agree. */
class DifferencesTest {
  private static final Instant FROM = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant TO = Instant.parse("2026-11-22T11:00:00Z");
  private static TwoBooks books;

  private String tenant;

  @BeforeAll
  static void start() {
    books = new TwoBooks();
  }

  @AfterAll
  static void stop() {
    books.close();
  }

  /** 300 calls that agree, one each second from 10:00 on: several slices, all three keys. */
  @BeforeEach
  void agree() {
    tenant = books.newTenant();
    List<Call> calls = IntStream.range(0, 300).mapToObj(n -> Call.of(n, FROM)).toList();
    books.events(tenant, calls.stream().map(Call::event).toArray(UsageRecord[]::new));
    books.rows(tenant, calls.stream().map(Call::row).toArray(SpendRow[]::new));
  }

  @Test
  void booksThatAgreeHaveNoItem() {
    ReconciliationRun run = reconcile();
    assertThat(books.items(tenant, run.id())).isEmpty();
    assertThat(run.gatewayCalls()).isEqualTo(300);
    assertThat(run.ledgerCalls()).isEqualTo(300);
    assertThat(run.matchedCalls()).isEqualTo(300);
    assertThat(run.gatewayCostNanos()).isEqualTo(run.ledgerCostNanos()).isEqualTo(45_150_000);
    assertThat(run.totals()).isEmpty();
  }

  @Test
  void aCallOfTheGatewayAloneIsPostedAndThenBothAgree() {
    Call call = Call.of(1000, FROM).key("key-1");
    books.rows(tenant, call.row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT, ItemStatus.POSTED);
    assertThat(item.costNanos()).isEqualTo(call.nanos());
    assertThat(item.inputTokens()).isEqualTo(call.input());
    assertThat(
            books.column(
                tenant,
                "SELECT concat_ws(' ', source, event_id, call_id, response_id, cost_nanos, team_id)"
                    + " FROM usage_events WHERE source = 'reconciliation'"))
        .containsExactly(
            "reconciliation %s call-1000 answer-1000 1001000 team".formatted(item.id()));
    assertThat(
            books.column(
                tenant, "SELECT source FROM ledger_batches WHERE id = '" + item.batchId() + "'"))
        .containsExactly("reconciliation:" + item.runId());
    agreesNow();
  }

  @Test
  void aCallOfAKeyThatWasNeverSeenIsProposed() {
    books.rows(tenant, Call.of(1000, FROM).key("stranger").row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.UNKNOWN_KEY, DifferenceReason.KEY_NEVER_SEEN, ItemStatus.PROPOSED);
    assertThat(approve(item).status()).isEqualTo(ItemStatus.APPROVED);
    agreesNow();
  }

  @Test
  void sidesThatNameDifferentKeysAreAnUnknownKey() {
    Call call = Call.of(1000, FROM).key("key-1");
    books.events(tenant, call.event());
    books.rows(tenant, call.key("key-2").row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.UNKNOWN_KEY, DifferenceReason.KEY_DIFFERS, ItemStatus.PROPOSED);
    approve(item);
    agreesNow();
  }

  @Test
  void aCallOfTheLedgerAloneIsReported() {
    books.events(tenant, Call.of(1000, FROM).event());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.MISSING_IN_GATEWAY, DifferenceReason.NO_ROW, ItemStatus.REPORTED);
    assertThat(item.costNanos()).isEqualTo(-1_001_000);
  }

  @Test
  void aCallOfTheLedgerAloneIsTakenBackWhereThePolicySaysSo() {
    policy("missing_in_gateway", "auto_adjust");
    books.events(tenant, Call.of(1000, FROM).event());
    is(onlyItem(), DifferenceClass.MISSING_IN_GATEWAY, DifferenceReason.NO_ROW, ItemStatus.POSTED);
    assertThat(books.column(tenant, "SELECT count(*) FROM usage_events WHERE reversed_in IS NULL"))
        .containsExactly("300");
    agreesNow();
  }

  @Test
  void aStreamThatBrokeAndCostIsExplainedAndOneThatCostNothingIsNone() {
    books.events(
        tenant,
        Call.of(1000, FROM).status(CallStatus.FAILURE).event(),
        Call.of(1001, FROM).status(CallStatus.FAILURE).nanos(0).event());
    ReconciliationItem item = onlyItem();
    is(
        item,
        DifferenceClass.MISSING_IN_GATEWAY,
        DifferenceReason.FAILED_WITH_COST,
        ItemStatus.EXPLAINED);
    assertThat(item.callId()).isEqualTo("call-1000");
  }

  @Test
  void aRetryHasTwoEventsOfOneCallIdAndIsNoDifference() {
    Call success = Call.of(1000, FROM);
    books.events(
        tenant,
        success.status(CallStatus.FAILURE).answer("call-1000").nanos(0).tokens(0, 0).event(),
        success.event());
    books.rows(tenant, success.row());
    assertThat(books.items(tenant, reconcile().id())).isEmpty();
  }

  @Test
  void tokensThatDifferAreAnAmount() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.event());
    books.rows(tenant, call.tokens(call.input() + 7, call.output() - 3).nanos(999).row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.AMOUNT, DifferenceReason.TOKENS_DIFFER, ItemStatus.PROPOSED);
    assertThat(List.of(item.inputTokens(), item.outputTokens(), item.costNanos()))
        .containsExactly(7L, -3L, 999L - call.nanos());
    approve(item);
    agreesNow();
  }

  @Test
  void tokensOfAModelWithoutAPriceAreComparedToo() {
    Call call = Call.of(1000, FROM).nanos(0);
    books.events(tenant, call.event());
    books.rows(tenant, call.tokens(call.input() + 7, call.output()).row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.AMOUNT, DifferenceReason.TOKENS_DIFFER, ItemStatus.PROPOSED);
    assertThat(item.costNanos()).isZero();
    approve(item);
    agreesNow();
  }

  @Test
  void aCostThatDiffersIsAPriceUnlessItIsWithinTheTolerance() {
    Call call = Call.of(1000, FROM);
    Call other = Call.of(1001, FROM);
    books.execute(
        tenant, "UPDATE reconciliation_policy SET tolerance_nanos = 10, tolerance_ppm = 20");
    books.events(tenant, call.event(), other.event());
    books.rows(tenant, call.nanos(call.nanos() + 50).row(), other.nanos(other.nanos() + 20).row());
    List<ReconciliationItem> items = books.items(tenant, reconcile().id());
    assertThat(items).hasSize(2).allMatch(i -> i.difference() == DifferenceClass.PRICE);
    ReconciliationItem beyond = of(items, "call-1000");
    is(beyond, DifferenceClass.PRICE, DifferenceReason.COST_DIFFERS, ItemStatus.PROPOSED);
    ReconciliationItem within = of(items, "call-1001");
    assertThat(within.status()).isEqualTo(ItemStatus.EXPLAINED);
    assertThat(within.decision()).isEqualTo("within_tolerance");
  }

  @Test
  void anEventThatWasCountedTwiceIsTakenBackOnce() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.event(), call.at(call.start().plusMillis(5)).event());
    books.rows(tenant, call.row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.DUPLICATE, DifferenceReason.COUNTED_TWICE, ItemStatus.POSTED);
    assertThat(item.costNanos()).isEqualTo(-call.nanos());
    agreesNow();
  }

  @Test
  void anEventThatWasCountedTwiceAnHourApartIsFoundToo() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.event(), call.at(FROM.plusSeconds(3_000)).event());
    books.rows(tenant, call.row());
    is(onlyItem(), DifferenceClass.DUPLICATE, DifferenceReason.COUNTED_TWICE, ItemStatus.POSTED);
    agreesNow();
  }

  @Test
  void aRowThatTheGatewaySkippedForARepeatedIdIsADuplicateThatTheLedgerIsRightAbout() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.event(), call.id("call-other").event());
    books.rows(tenant, call.row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.DUPLICATE, DifferenceReason.SKIPPED_REPEATED_ID, ItemStatus.EXPLAINED);
    assertThat(item.callId()).isEqualTo("call-other");
  }

  @Test
  void aSecondRowOfTheSameCallIsTheGatewaysDuplicate() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.event());
    books.rows(tenant, call.row(), call.answer("answer-again").row());
    ReconciliationItem item = onlyItem();
    is(
        item,
        DifferenceClass.DUPLICATE,
        DifferenceReason.GATEWAY_COUNTED_TWICE,
        ItemStatus.EXPLAINED);
    assertThat(item.requestId()).isEqualTo("answer-again");
  }

  @Test
  void aCacheHitIsMatchedThoughItsRowHasAnotherId() {
    Call call = Call.of(1000, FROM);
    books.events(tenant, call.hit("answer-1_cache_hit1795426210.1742418").event());
    books.rows(tenant, call.hit("answer-1_cache_hit1795426210.9999999").row());
    assertThat(books.items(tenant, reconcile().id())).isEmpty();
  }

  @Test
  void aClockThatIsNinetySecondsOffIsExplainedAndNothingElse() {
    for (int n = 0; n < 120; n++) {
      Call call = Call.of(1000 + n, FROM);
      books.events(tenant, call.event());
      books.rows(tenant, call.at(call.start().plusSeconds(90)).row());
    }
    ReconciliationRun run = reconcile();
    List<ReconciliationItem> items = books.items(tenant, run.id());
    assertThat(items)
        .hasSize(120)
        .allMatch(
            item ->
                item.difference() == DifferenceClass.CLOCK
                    && item.status() == ItemStatus.EXPLAINED
                    && item.costNanos() == 0);
    assertThat(run.matchedCalls()).isEqualTo(420);
  }

  @Test
  void aCallAcrossTheEdgeBelongsToTheRunOfItsRow() {
    Call inside = Call.of(1000, FROM).at(TO.minusSeconds(30));
    books.events(tenant, inside.at(TO.plusSeconds(30)).event());
    books.rows(tenant, inside.row());
    Call outside = Call.of(1001, FROM).at(FROM.plusSeconds(20));
    books.events(tenant, outside.event());
    books.rows(tenant, outside.at(FROM.minusSeconds(20)).row());
    ReconciliationItem item = onlyItem();
    is(item, DifferenceClass.WINDOW_EDGE, DifferenceReason.ACROSS_THE_EDGE, ItemStatus.EXPLAINED);
    assertThat(item.callId()).isEqualTo("call-1000");
  }

  @Test
  void rowsWithoutCallIdsAreMatchedByTheirAnswerThenByKeyModelAndMinute() {
    Call answered = Call.of(1000, FROM);
    Call minute = Call.of(1001, FROM).key("key-0");
    Call amount = Call.of(1100, FROM).key("key-2");
    Call alone = Call.of(1200, FROM).key("key-1");
    books.events(tenant, answered.event(), minute.event(), amount.event());
    books.rows(
        tenant,
        answered.id(null).row(),
        minute.id(null).answer("old-1").row(),
        amount.id(null).answer("old-2").tokens(1, 1).row(),
        alone.id(null).answer("old-3").row());
    List<ReconciliationItem> items = books.items(tenant, reconcile().id());
    assertThat(items).hasSize(2);
    ReconciliationItem missing =
        items.stream().filter(i -> "old-3".equals(i.requestId())).findFirst().orElseThrow();
    is(missing, DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT, ItemStatus.POSTED);
    ReconciliationItem differs = of(items, "call-1100");
    is(differs, DifferenceClass.AMOUNT, DifferenceReason.TOKENS_DIFFER, ItemStatus.PROPOSED);
    assertThat(differs.requestId()).isEqualTo("old-2");
  }

  @Test
  void aSecondEventOfACallWithARowIsNotThatOfARowWithoutACallId() {
    Call call = Call.of(1000, FROM).key("key-1");
    books.events(tenant, call.event(), call.at(call.start().plusSeconds(5)).event());
    books.rows(tenant, call.row(), call.id(null).answer("old-1").row());
    List<ReconciliationItem> items = books.items(tenant, reconcile().id());
    assertThat(items).hasSize(2);
    ReconciliationItem missing =
        items.stream().filter(i -> "old-1".equals(i.requestId())).findFirst().orElseThrow();
    is(missing, DifferenceClass.MISSING_IN_LEDGER, DifferenceReason.NO_EVENT, ItemStatus.POSTED);
    assertThat(of(items, "call-1000").difference()).isEqualTo(DifferenceClass.DUPLICATE);
  }

  @Test
  void anEventThatComesAfterItsCallWasPostedIsLateAndCountsOnce() {
    Call call = Call.of(1000, FROM).key("key-1");
    books.rows(tenant, call.row());
    ReconciliationItem missing = onlyItem();
    assertThat(missing.status()).isEqualTo(ItemStatus.POSTED);
    books.events(tenant, call.event());
    // A later run need not cover the window again.
    ReconciliationRun next = books.reconcile(tenant, TO, TO.plus(Duration.ofHours(1)));
    List<ReconciliationItem> items = books.items(tenant, next.id());
    assertThat(items).hasSize(1);
    is(items.get(0), DifferenceClass.LATE, DifferenceReason.CAME_AFTER_POSTING, ItemStatus.POSTED);
    assertThat(items.get(0).eventId()).isEqualTo(missing.id());
    assertThat(
            books.column(
                tenant,
                "SELECT source FROM usage_events WHERE call_id = 'call-1000' AND reversed_in IS"
                    + " NULL"))
        .containsExactly("gateway");
    agreesNow();
    assertThat(books.items(tenant, books.reconcile(tenant, TO, TO.plusSeconds(60)).id())).isEmpty();
  }

  @Test
  void anEventThatComesAfterItsCallWasProposedIsLateAndTheProposalIsClosed() {
    policy("missing_in_ledger", "propose");
    Call call = Call.of(1000, FROM).key("key-1");
    books.rows(tenant, call.row());
    ReconciliationItem proposed = onlyItem();
    assertThat(proposed.status()).isEqualTo(ItemStatus.PROPOSED);
    books.events(tenant, call.event());
    ReconciliationRun next = books.reconcile(tenant, TO, TO.plus(Duration.ofHours(1)));
    is(
        books.items(tenant, next.id()).get(0),
        DifferenceClass.LATE,
        DifferenceReason.CAME_AFTER_REPORT,
        ItemStatus.EXPLAINED);
    assertThat(books.items(tenant, proposed.runId()).get(0).status())
        .isEqualTo(ItemStatus.SUPERSEDED);
    agreesNow();
  }

  @Test
  void whatHasNotSettledIsPendingAndNoDifference() {
    Instant young = TwoBooks.NOW.minus(Duration.ofHours(23));
    Instant old = TwoBooks.NOW.minus(Duration.ofHours(25));
    books.rows(tenant, Call.of(1000, young).key("key-1").row());
    books.rows(tenant, Call.of(1001, old).key("key-1").row());
    ReconciliationRun run =
        books.reconcile(tenant, TwoBooks.NOW.minus(Duration.ofHours(26)), TwoBooks.NOW);
    assertThat(run.coveredTo()).isEqualTo(TwoBooks.NOW.minus(Duration.ofHours(24)));
    assertThat(books.items(tenant, run.id()))
        .singleElement()
        .matches(item -> item.callId().equals("call-1001"));
  }

  @Test
  void anEventThatComesTwentyThreeHoursLateIsNoDifference() {
    Call call = Call.of(1000, FROM);
    books.rows(tenant, call.row());
    books.clock.set(call.start().plus(Duration.ofHours(23)));
    books.events(tenant, call.event());
    books.clock.set(TwoBooks.NOW);
    assertThat(books.items(tenant, reconcile().id())).isEmpty();
  }

  @Test
  void aCounterThatTheGatewayResetsAtTheEdgeIsNoDifference() {
    books.execute(
        tenant,
        """
        INSERT INTO gateway_snapshots VALUES
          ('before', '2026-11-22T10:59:59Z', now(), '{"usage":{"cost":{"amount":"9.5"}}}'),
          ('after', '2026-11-22T11:00:00Z', now(), '{"usage":{"cost":{"amount":"0"}}}')
        """);
    assertThat(books.items(tenant, reconcile().id())).isEmpty();
  }

  @Test
  void runningAgainOverTheSameWindowFindsNothingNewAndPostsNothing() {
    books.rows(tenant, Call.of(1000, FROM).key("key-1").row());
    books.rows(tenant, Call.of(1001, FROM).key("stranger").row());
    ReconciliationRun first = reconcile();
    ReconciliationRun second = reconcile();
    assertThat(books.items(tenant, first.id()))
        .extracting(ReconciliationItem::status)
        .containsExactlyInAnyOrder(ItemStatus.POSTED, ItemStatus.SUPERSEDED);
    assertThat(books.items(tenant, second.id()))
        .extracting(ReconciliationItem::status)
        .containsExactly(ItemStatus.PROPOSED);
  }

  @Test
  void whatWasRejectedIsNotProposedAgain() {
    books.rows(tenant, Call.of(1000, FROM).key("stranger").row());
    ReconciliationItem item = onlyItem();
    books.service.reject(tenant, item.runId(), item.id(), "somebody", "request");
    ReconciliationItem again = onlyItem();
    assertThat(again.status()).isEqualTo(ItemStatus.REJECTED);
    assertThat(again.decision()).isEqualTo("rejected_before");
  }

  @Test
  void anItemWhoseCallHasComeMeanwhileCannotBeApproved() {
    Call call = Call.of(1000, FROM).key("stranger");
    books.rows(tenant, call.row());
    ReconciliationItem item = onlyItem();
    books.events(tenant, call.event());
    assertThatThrownBy(() -> approve(item)).isInstanceOf(ConflictException.class);
    assertThat(books.items(tenant, item.runId()).get(0).status()).isEqualTo(ItemStatus.SUPERSEDED);
    assertThat(books.column(tenant, "SELECT count(*) FROM usage_events WHERE source <> 'gateway'"))
        .containsExactly("0");
  }

  @Test
  void decisionsAndStartsLeaveTheirMarkAndAreMadeOnce() {
    books.rows(
        tenant,
        Call.of(1000, FROM).key("stranger").row(),
        Call.of(1001, FROM).key("stranger").row());
    List<ReconciliationItem> items = books.items(tenant, reconcile().id());
    approve(items.get(0));
    books.service.reject(tenant, items.get(1).runId(), items.get(1).id(), "somebody", "request");
    for (ReconciliationItem item : items) {
      assertThatThrownBy(() -> approve(item)).isInstanceOf(ConflictException.class);
      assertThatThrownBy(
              () -> books.service.reject(tenant, item.runId(), item.id(), "somebody", "request"))
          .isInstanceOf(ConflictException.class);
    }
    assertThat(
            books.column(
                tenant,
                "SELECT concat_ws(' ', actor, action, request_id) FROM audit_events ORDER BY id"))
        .containsExactly(
            "tests reconciliation.started request-1",
            "somebody reconciliation.item_approved request",
            "somebody reconciliation.item_rejected request");
  }

  @Test
  void aWindowOfNothingThatHasSettledIsRefused() {
    Instant now = TwoBooks.NOW;
    for (Instant[] window :
        new Instant[][] {
          {now.minusSeconds(3600), now}, {FROM, FROM}, {TO, FROM}, {now.plusSeconds(1), null}
        }) {
      assertThatThrownBy(
              () ->
                  books.service.start(
                      tenant, new NewRun(window[0], window[1], RunTrigger.API, "tests", null)))
          .isInstanceOf(ValidationException.class);
    }
  }

  @Test
  void aRunThatNamesNoWindowGoesOnWhereTheLastHasEnded() {
    reconcile();
    ReconciliationRun next = books.reconcile(tenant, null, null);
    assertThat(next.from()).isEqualTo(TO);
    assertThat(next.coveredTo())
        .isEqualTo(next.to())
        .isEqualTo(TwoBooks.NOW.minus(Duration.ofHours(24)));
    assertThat(books.service.startDue(tenant, Duration.ofHours(1))).isFalse();
    books.clock.move(Duration.ofHours(1));
    assertThat(books.service.startDue(tenant, Duration.ofHours(1))).isTrue();
    books.clock.set(TwoBooks.NOW);
  }

  private ReconciliationRun reconcile() {
    return books.reconcile(tenant, FROM, TO);
  }

  private ReconciliationItem onlyItem() {
    List<ReconciliationItem> items = books.items(tenant, reconcile().id());
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private ReconciliationItem approve(ReconciliationItem item) {
    return books.service.approve(tenant, item.runId(), item.id(), "somebody", "request");
  }

  private void policy(String difference, String action) {
    books.execute(
        tenant,
        "INSERT INTO reconciliation_policy_actions VALUES ('%s', '%s')"
            .formatted(difference, action));
  }

  /** The ledger holds by its own rows, and another run finds the sides to agree. */
  private void agreesNow() {
    assertThat(books.findings(tenant)).isEmpty();
    ReconciliationRun run = reconcile();
    assertThat(books.items(tenant, run.id())).isEmpty();
    assertThat(run.ledgerCalls()).isEqualTo(run.gatewayCalls());
    assertThat(run.ledgerCostNanos()).isEqualTo(run.gatewayCostNanos());
  }

  private static ReconciliationItem of(List<ReconciliationItem> items, String callId) {
    return items.stream().filter(i -> callId.equals(i.callId())).findFirst().orElseThrow();
  }

  private static void is(
      ReconciliationItem item,
      DifferenceClass difference,
      DifferenceReason reason,
      ItemStatus status) {
    assertThat(item.difference()).isEqualTo(difference);
    assertThat(item.reason()).isEqualTo(reason);
    assertThat(item.status()).isEqualTo(status);
  }
}
