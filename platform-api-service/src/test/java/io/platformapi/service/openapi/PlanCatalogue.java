package io.platformapi.service.openapi;

import static java.util.Map.entry;

import io.platformapi.service.openapi.Catalogue.Entry;
import io.platformapi.service.openapi.Catalogue.Trait;
import io.platformapi.service.quota.NewDefaults;
import io.platformapi.service.quota.PlatformDefaults;
import java.util.Map;
import java.util.Set;

/** The endpoints of the platform's defaults, for {@link Catalogue}. */
final class PlanCatalogue {
  private static final String NEW =
      """
      {"plans": [
        {"name": "free", "description": "for trying",
         "quotas": [
           {"dimension": "cost", "window": "month", "limit": {"amount": "5", "currency": "USD"}},
           {"dimension": "requests", "scope": {"user": "*"}, "window": "day", "limit": 200,
            "thresholds": [80],
            "bounds": {"maxLimit": 1000, "loosestMode": "warn"}}]}]}
      """;

  private static final String DEFAULTS =
      """
      {"plans": [
        {"name": "free", "description": "for trying",
         "quotas": [
           {"dimension": "cost", "scope": {"type": "tenant", "id": null}, "window": "month",
            "limit": {"amount": "5.000000000", "currency": "USD"}, "mode": "enforce",
            "thresholds": [], "priority": 100, "description": "",
            "bounds": {"maxLimit": {"amount": "5.000000000", "currency": "USD"},
                       "loosestMode": "enforce"}},
           {"dimension": "requests", "scope": {"type": "user", "id": "*"}, "window": "day",
            "limit": 200, "mode": "enforce", "thresholds": [80], "priority": 100,
            "description": "", "bounds": {"maxLimit": 1000, "loosestMode": "warn"}}]}]}
      """;

  static final Map<String, Entry> ENDPOINTS =
      Map.ofEntries(
          entry(
              "GET /v1/platform/defaults",
              new Entry("Read what the plans give their tenants", 200, PlatformDefaults.class)
                  .answer(DEFAULTS)
                  .with(Trait.ETAG, Trait.NOT_MODIFIED)),
          entry(
              "PUT /v1/platform/defaults",
              new Entry("Replace what the plans give their tenants", 200, PlatformDefaults.class)
                  .request(NewDefaults.class, NEW)
                  .answer(DEFAULTS)
                  .with(Trait.ETAG, Trait.IF_MATCH)));

  /** What a request may leave out. */
  static final Set<String> OPTIONAL =
      Set.of(
          "NewDefaultsPlan.description",
          "NewDefaultsPlan.quotas",
          "NewDefaultsItem.scope",
          "NewDefaultsItem.mode",
          "NewDefaultsItem.thresholds",
          "NewDefaultsItem.priority",
          "NewDefaultsItem.description",
          "NewDefaultsItem.bounds",
          "NewDefaultsBounds.maxLimit",
          "NewDefaultsBounds.loosestMode");

  static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          entry("NewDefaultsPlan.name", "as a tenant names its plan"),
          entry("NewDefaultsItem.mode", "enforce when absent"),
          entry("NewDefaultsItem.thresholds", "up to 8 percents of the limit"),
          entry("NewDefaultsItem.priority", "0 to 1000, 100 when absent"),
          entry("NewDefaultsItem.bounds", "how far a tenant may go"),
          entry("NewDefaultsBounds.loosestMode", "enforce, warn or off; the mode when absent"),
          entry("PlatformDefaultsBounds.loosestMode", "enforce, warn or off"),
          entry("QuotaDefinition.origin", "tenant, plan, or platform: beyond the plan's bounds"));

  private PlanCatalogue() {}
}
