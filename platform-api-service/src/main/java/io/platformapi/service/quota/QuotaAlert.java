package io.platformapi.service.quota;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.platformapi.service.quota.engine.Alert;
import io.platformapi.service.quota.engine.Balance;
import io.platformapi.service.quota.engine.JoinedNames;
import io.platformapi.service.quota.engine.Quota;
import io.platformapi.service.quota.engine.QuotaWindow;
import io.platformapi.service.usage.LedgerScope;
import io.platformapi.service.usage.LedgerTenant;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Payload of the events {@code quota.threshold_reached} and {@code quota.exceeded}; amounts are
 * whole numbers, or money for cost.
 *
 * @param subject of a quota that counts each name for itself: the names in those scopes; a digest
 *     of them when they are very long; else empty
 * @param windowStart null for a rolling window, and for a lifetime
 * @param resetAt end of the window; null likewise
 * @param granted what grants add to the limit in this window
 * @param threshold percent of the limit; only of a threshold
 */
record QuotaAlert(
    String tenantId,
    UUID quotaId,
    String dimension,
    Object scope,
    Map<String, String> subject,
    Object window,
    Instant windowStart,
    Instant resetAt,
    String mode,
    Object limit,
    Object granted,
    Object used,
    Object held,
    @JsonInclude(JsonInclude.Include.NON_NULL) Integer threshold) {

  static QuotaAlert of(Alert alert, LedgerTenant tenant) {
    Quota quota = alert.quota();
    Balance balance = alert.balance();
    QuotaWindow window = quota.window();
    boolean dated = window.bounded() && !window.isRolling();
    Instant start = balance.key().window();
    return new QuotaAlert(
        tenant.id(),
        quota.id(),
        quota.dimension().wire(),
        ScopeRules.write(quota.selector()),
        subject(quota.selector().each(), balance.key().subject()),
        WindowRules.write(window),
        dated ? start : null,
        dated ? window.end(start) : null,
        quota.mode().wire(),
        QuotaDefinition.amount(quota.dimension(), quota.limit(), tenant.currency()),
        QuotaDefinition.amount(quota.dimension(), alert.granted(), tenant.currency()),
        QuotaDefinition.amount(quota.dimension(), balance.used(), tenant.currency()),
        QuotaDefinition.amount(quota.dimension(), balance.held(), tenant.currency()),
        alert.exceeded() ? null : alert.threshold());
  }

  /** The names that a balance is of. */
  static Map<String, String> subject(List<LedgerScope> scopes, String subject) {
    if (scopes.isEmpty()) {
      return Map.of();
    }
    return JoinedNames.split(subject, scopes.size())
        .map(
            names -> {
              Map<String, String> found = new LinkedHashMap<>();
              for (int i = 0; i < names.size(); i++) {
                found.put(scopes.get(i).wire(), names.get(i));
              }
              return found;
            })
        .orElseGet(() -> new LinkedHashMap<>(Map.of("digest", subject)));
  }
}
