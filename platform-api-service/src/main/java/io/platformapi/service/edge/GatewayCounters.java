package io.platformapi.service.edge;

import io.platformapi.routes.gateway.UpstreamException;
import io.platformapi.routes.gateway.litellm.LiteLlmAdmin;
import io.platformapi.routes.gateway.litellm.LiteLlmKey;
import io.platformapi.routes.gateway.litellm.LiteLlmLimits;
import io.platformapi.routes.gateway.litellm.LiteLlmTeam;
import io.platformapi.routes.message.CallOwner;
import io.platformapi.routes.port.StoreUnavailableException;
import io.platformapi.routes.port.TenantDirectory;
import io.platformapi.service.persistence.InTenant;
import io.platformapi.service.reconciliation.CounterReading;
import io.platformapi.service.tenant.GatewayNames;
import io.platformapi.service.usage.LedgerScope;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spend that LiteLLM's team/info and key/info tell of a tenant's teams, of keys that we hold a
 * budget of, and of those that an alert has named. Never fails a run: what is not told now is told
 * to the next.
 */
final class GatewayCounters implements CounterReading {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayCounters.class);

  private final Optional<LiteLlmAdmin> litellm;
  private final TenantDirectory tenants;
  private final Function<String, GatewayNames> names;
  private final InTenant inTenant;
  private final PushedLimitSql pushed;

  GatewayCounters(
      Optional<LiteLlmAdmin> litellm,
      TenantDirectory tenants,
      Function<String, GatewayNames> names,
      InTenant inTenant,
      PushedLimitSql pushed) {
    this.litellm = litellm;
    this.tenants = tenants;
    this.names = names;
    this.inTenant = inTenant;
    this.pushed = pushed;
  }

  @Override
  public List<Spend> read(String tenantId, Set<String> keys, String requestId) {
    if (litellm.isEmpty()) {
      return List.of();
    }
    LiteLlmAdmin admin = litellm.get().onBehalfOf(requestId);
    Set<String> all = new TreeSet<>(keys);
    inTenant.sql(tenantId, pushed::read).keySet().stream()
        .filter(target -> target.kind() == EdgeKind.LITELLM_KEY)
        .forEach(target -> all.add(target.id()));
    List<Supplier<Optional<Spend>>> questions = new ArrayList<>();
    names.apply(tenantId).teams().forEach(team -> questions.add(() -> team(admin, tenantId, team)));
    all.forEach(key -> questions.add(() -> key(admin, tenantId, key)));
    return answers(questions, tenantId);
  }

  private static List<Spend> answers(List<Supplier<Optional<Spend>>> questions, String tenantId) {
    List<Spend> spends = new ArrayList<>();
    for (Supplier<Optional<Spend>> question : questions) {
      try {
        question.get().ifPresent(spends::add);
      } catch (UpstreamException e) {
        if (DOWN.contains(e.kind())) {
          LOG.warn("the counters of {} cannot be asked for now: {}", tenantId, e.getMessage());
          return spends;
        }
      } catch (StoreUnavailableException e) {
        LOG.warn("whose the counters of {} are cannot be known now", tenantId);
        return spends;
      }
    }
    return spends;
  }

  /** After these, whatever else is asked would only be answered the same. */
  private static final Set<UpstreamException.Kind> DOWN =
      EnumSet.of(UpstreamException.Kind.UNAVAILABLE, UpstreamException.Kind.REFUSED_CREDENTIAL);

  private Optional<Spend> team(LiteLlmAdmin admin, String tenantId, String id) {
    LiteLlmTeam team = admin.team(id);
    return of(tenantId, team.owner())
        ? spend(LedgerScope.TEAM, id, team.spend(), team.limits(), team.createdAt())
        : Optional.empty();
  }

  private Optional<Spend> key(LiteLlmAdmin admin, String tenantId, String hash) {
    LiteLlmKey key = admin.key(hash);
    return of(tenantId, key.owner())
        ? spend(LedgerScope.API_KEY, hash, key.spend(), key.limits(), key.createdAt())
        : Optional.empty();
  }

  private boolean of(String tenantId, CallOwner owner) {
    return tenants.tenantOf(owner).filter(tenantId::equals).isPresent();
  }

  private static Optional<Spend> spend(
      LedgerScope scope, String id, BigDecimal usd, LiteLlmLimits limits, Instant createdAt) {
    Long nanos = CounterReading.nanos(usd);
    if (nanos == null) {
      return Optional.empty();
    }
    boolean forEver = limits.budgetDuration() == null;
    return Optional.of(
        new Spend(
            scope.wire(),
            id,
            nanos,
            forEver
                ? createdAt
                : BudgetPeriod.start(limits.budgetDuration(), limits.budgetResetAt()).orElse(null),
            forEver ? null : limits.budgetResetAt(),
            createdAt));
  }
}
