package io.platformapi.service.quota;

import com.fasterxml.jackson.databind.JsonNode;
import io.platformapi.service.http.Uuid7;
import io.platformapi.service.problem.ValidationException;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaDimension;
import io.platformapi.service.quota.engine.QuotaGrant;
import io.platformapi.service.quota.engine.QuotaSelector;
import io.platformapi.service.usage.LedgerScope;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a grant on a quota must be like. */
final class QuotaGrantRules {
  private final Problems problems = new Problems();
  private final Quota quota;

  private QuotaGrantRules(Quota quota) {
    this.quota = quota;
  }

  /**
   * A grant with a new id, of which nothing has been drawn.
   *
   * @throws ValidationException that names every broken rule
   */
  static StoredGrant check(
      NewQuotaGrant wanted, Quota quota, String currency, String actor, Instant now) {
    if (wanted == null) {
      throw new ValidationException("body", "is required");
    }
    return new QuotaGrantRules(quota).grant(wanted, currency, actor, now);
  }

  private StoredGrant grant(NewQuotaGrant wanted, String currency, String actor, Instant now) {
    if (quota.window().isRolling()) {
      problems.add("quotaId", "must be of a quota whose window begins and ends, not a rolling one");
    }
    Optional<Long> amount = amount(wanted.amount(), currency);
    String subject = subject(wanted.subject());
    Instant from = time("validFrom", wanted.validFrom(), now);
    Instant until = time("validUntil", wanted.validUntil(), null);
    int priority = new QuotaRules(problems, currency).priority("priority", wanted.priority());
    String description = QuotaRules.description(problems, "description", wanted.description());
    boolean rollover = wanted.rollover() != null && wanted.rollover();
    if (until != null && !until.isAfter(from)) {
      problems.add("validUntil", "must be after validFrom");
    }
    problems.refuse();
    Instant end = QuotaGrant.end(quota.window(), from, until, rollover);
    if (!end.isAfter(now)) {
      throw new ValidationException(
          until == null || end.isBefore(until) ? "validFrom" : "validUntil",
          "makes it end at " + end + ", which is over");
    }
    return new StoredGrant(
        new QuotaGrant(
            Uuid7.next(), quota.id(), subject, amount.orElseThrow(), from, end, priority),
        until,
        rollover,
        description,
        now,
        actor,
        subject == null && !quota.selector().each().isEmpty() ? null : 0L);
  }

  private Optional<Long> amount(JsonNode amount, String currency) {
    AmountRules amounts = new AmountRules(problems, currency);
    Optional<Long> found =
        quota.dimension() == QuotaDimension.COST
            ? amounts.money("amount", amount)
            : amounts.whole("amount", amount);
    if (found.isPresent() && found.get() == 0) {
      problems.add("amount", "must be above zero");
    }
    return found;
  }

  private Instant time(String field, String text, Instant absent) {
    try {
      Instant time = UsageParameters.time(field, text);
      return time == null ? absent : time.truncatedTo(ChronoUnit.MICROS);
    } catch (ValidationException e) {
      problems.addAll(e);
      return absent;
    }
  }

  /** Null for all. */
  private String subject(JsonNode subject) {
    List<LedgerScope> each = quota.selector().each();
    if (subject == null || subject.isNull()) {
      return null;
    }
    if (each.isEmpty()) {
      problems.add("subject", "must be absent: the quota counts no names for themselves");
      return null;
    }
    int before = problems.count();
    Map<LedgerScope, String> names = new EnumMap<>(LedgerScope.class);
    for (LedgerScope scope : each) {
      JsonNode name = subject.path(scope.wire());
      if (!ScopeRules.valid(name) || name.textValue().equals(QuotaSelector.EACH)) {
        problems.add("subject." + scope.wire(), ScopeRules.NAME);
      } else {
        names.put(scope, name.textValue());
      }
    }
    if (subject.size() > each.size()) {
      problems.add("subject", "must have a name for " + words(each) + " alone");
    }
    return problems.count() == before ? quota.selector().subject(names) : null;
  }

  private static String words(List<LedgerScope> scopes) {
    return String.join(", ", scopes.stream().map(LedgerScope::wire).toList());
  }
}
