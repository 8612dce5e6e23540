package io.platformapi.service.quota.reservation;

import io.platformapi.service.quota.balance.BalanceCopy;
import io.platformapi.service.quota.balance.Copied;
import io.platformapi.service.quota.balance.CopyAnswer;
import io.platformapi.service.quota.balance.MissingBalancesException;
import io.platformapi.service.quota.balance.QuotaBooks;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.BalanceKey;
import io.platformapi.service.quota.engine.Decider;
import io.platformapi.service.quota.engine.Decision;
import io.platformapi.service.quota.engine.Demand;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaBook;
import io.platformapi.service.quota.engine.QuotaState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Tells what would be granted, each question for itself, and holds nothing. It asks the copy of the
 * balances first, and the database for what the copy does not know; also when a hold that may be
 * over its time is all that stands against a question.
 */
public final class Checker {
  private final QuotaWork work;
  private final QuotaBooks books;
  private final Expiry expiry;
  private final BalanceCopy copy;

  public Checker(QuotaWork work, QuotaBooks books, Expiry expiry, BalanceCopy copy) {
    this.work = work;
    this.books = books;
    this.expiry = expiry;
    this.copy = copy;
  }

  /**
   * What would become of each, in their order: {@link Outcome.Allowed} or {@link Outcome.Refused}.
   *
   * @throws io.platformapi.service.persistence.DatabaseUnavailableException when the copy does not
   *     know enough and the database is away
   */
  public List<Outcome> check(String tenantId, List<Checked> questions) {
    QuotaBook book = books.get(tenantId);
    Instant now = work.now();
    List<List<Demand>> demands = demands(book, questions, now);
    List<BalanceKey> needed = keys(demands);
    CopyAnswer known = needed.isEmpty() ? CopyAnswer.NOTHING : copy.read(tenantId, needed);
    if (known.balances().size() == needed.size()) {
      List<Outcome> outcomes = decide(demands, known.balances(), now, null);
      if (!anyRefusedByHolds(outcomes)) {
        return outcomes;
      }
    }
    return ask(tenantId, questions, known.seen());
  }

  /** Each once. A single question has no quota twice. */
  private static List<BalanceKey> keys(List<List<Demand>> questions) {
    if (questions.size() != 1) {
      return List.copyOf(needed(questions).keySet());
    }
    List<BalanceKey> keys = new ArrayList<>();
    for (Demand demand : questions.get(0)) {
      if (!demand.grants().isEmpty()) {
        return List.copyOf(needed(questions).keySet());
      }
      keys.add(demand.key());
    }
    return keys;
  }

  private List<Outcome> ask(String tenantId, List<Checked> questions, String seen) {
    Truth truth = truth(tenantId, questions);
    if (truth.outcomes().stream()
            .anyMatch(o -> refusedByHolds(o) && ((Outcome.Refused) o).overdue(work.now()))
        && expiry.run(tenantId) > 0) {
      truth = truth(tenantId, questions);
    }
    if (!truth.balances().isEmpty()) {
      copy.fill(tenantId, truth.balances(), seen);
    }
    return truth.outcomes();
  }

  private record Truth(List<Outcome> outcomes, List<Copied> balances) {}

  private Truth truth(String tenantId, List<Checked> questions) {
    return work.run(
        tenantId,
        (transaction, book, now) -> {
          QuotaWork.open(transaction, book, Opening.bare(now));
          List<List<Demand>> demands = demands(book, questions, now);
          SortedMap<BalanceKey, Quota> needed = needed(demands);
          PresentBalances present = PresentBalances.read(transaction, needed, now);
          if (!present.missing().isEmpty()) {
            throw new MissingBalancesException(present.missing());
          }
          List<Outcome> outcomes = decide(demands, present.balances(), now, null);
          if (anyRefused(outcomes)) {
            outcomes = decide(demands, present.balances(), now, transaction.earliestExpiry());
          }
          return new Truth(outcomes, present.copied(needed));
        });
  }

  private static SortedMap<BalanceKey, Quota> needed(List<List<Demand>> questions) {
    SortedMap<BalanceKey, Quota> needed = new TreeMap<>();
    questions.forEach(demands -> demands.forEach(demand -> demand.addBalances(needed)));
    return needed;
  }

  /** What each question is about. */
  private static List<List<Demand>> demands(QuotaBook book, List<Checked> questions, Instant now) {
    List<List<Demand>> demands = new ArrayList<>(questions.size());
    for (Checked question : questions) {
      demands.add(book.demands(question.subject().names(), question.estimates(), now));
    }
    return demands;
  }

  private static List<Outcome> decide(
      List<List<Demand>> questions,
      Map<BalanceKey, Balance> balances,
      Instant now,
      Instant earliestExpiry) {
    Function<BalanceKey, Balance> known =
        key -> {
          Balance balance = balances.get(key);
          return balance == null ? Balance.empty(key) : balance;
        };
    List<Outcome> outcomes = new ArrayList<>(questions.size());
    for (List<Demand> demands : questions) {
      Decision decision = Decider.decide(demands, known, now);
      outcomes.add(
          decision.granted()
              ? new Outcome.Allowed(states(demands, known, now))
              : new Outcome.Refused(
                  decision, Retry.at(decision, now, earliestExpiry), earliestExpiry));
    }
    return outcomes;
  }

  private static List<QuotaState> states(
      List<Demand> demands, Function<BalanceKey, Balance> balances, Instant now) {
    List<QuotaState> states = new ArrayList<>(demands.size());
    for (Demand demand : demands) {
      states.add(QuotaState.of(demand, balances, now));
    }
    return states;
  }

  private static boolean anyRefusedByHolds(List<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (refusedByHolds(outcome)) {
        return true;
      }
    }
    return false;
  }

  private static boolean anyRefused(List<Outcome> outcomes) {
    return outcomes.stream().anyMatch(Outcome.Refused.class::isInstance);
  }

  private static boolean refusedByHolds(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused && refused.onlyHolds();
  }
}
